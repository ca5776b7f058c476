use parmap::parmap;

struct Word<'a>(&'a str);

#[parmap]
fn f(word: Word) -> usize {
    word.0.len()
}

fn main() {
    let _: usize = f(Word("one"));
    let _: Vec<usize> = f(vec![Word("one")]);
}
