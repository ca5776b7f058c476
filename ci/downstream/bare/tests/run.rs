//! What is compiled without the standard library also does what it should.

#[test]
fn every_form_works() {
    bare::forms::run();
}
