//! The messages of the refusals. Their places are tested from outside, in the UI tests of `parmap`.

use super::{expand, messages_in};

/// Checks that `#[parmap(options)] function` is answered with exactly these `messages`, one a line.
#[track_caller]
fn check(options: &str, function: &str, messages: &str) {
    let text = expand(options, function).to_string();
    assert_eq!(messages_in(&text), messages, "in `#[parmap({options})] {function}`");
}

#[track_caller]
fn check_options(options: &str, messages: &str) {
    check(options, "fn f(x: u8, data: &[u8]) {}", messages);
}

#[test]
fn options_that_do_not_exist() {
    check_options(
        "global = data, chunk_size = 25",
        "unknown option `chunk_size`: write `global = ..`, `chunksize = ..`, `processes = ..`, `index = ..`, `local(..)`, `try`, `reduce = ..`, `fold = ..` or `crate = ..`",
    );
    check_options(
        "data",
        "unknown option `data`: write `global = ..`, `chunksize = ..`, `processes = ..`, `index = ..`, `local(..)`, `try`, `reduce = ..`, `fold = ..` or `crate = ..`",
    );
    check_options(
        "25, global = data",
        "expected an option: write `global = ..`, `chunksize = ..`, `processes = ..`, `index = ..`, `local(..)`, `try`, `reduce = ..`, `fold = ..` or `crate = ..`",
    );
}

#[test]
fn options_twice() {
    check_options("global = data, processes = 4, processes = 4", "option `processes` is given twice: write it once");
    check_options("global = data, global = data", "option `global` is given twice: write it once");
    check("global = a, global = b", "fn f(x: u8, a: u8, b: u8) {}", "option `global` is given twice: write it once");
    check_options("global = (data, data)", "`data` is named as a global twice: write it once");
}

#[test]
fn options_without_a_value() {
    check_options("global = data, chunksize", "`chunksize` has no value: write `chunksize = 25`");
    check_options("chunksize =, global = data", "`chunksize` has no value: write `chunksize = 25`");
    check_options(
        "global = (), chunksize = 1",
        "`global = ()` names no parameter: write `global = data`, or leave the option out",
    );
    check_options("global = data, crate =", "`crate` has no value: write `crate = ::parmap`");
}

#[test]
fn options_written_in_another_way() {
    for chunksize in ["chunksize(3)", "chunksize: 3", "chunksize 3", "chunksize => 3", "chunksize == 3"] {
        check(chunksize, "fn f(x: u8) {}", "option `chunksize` is written `chunksize = 25`");
    }
    for global in ["global(data)", "global: data, processes = 2"] {
        check_options(global, "option `global` is written `global = data`");
    }
}

#[test]
fn several_globals_without_parentheses() {
    let function = "fn f(x: u8, a: u8, b: u8, c: u8) {}";
    check(
        "global = a, b, c, processes = 2",
        function,
        "unknown option `b`: several globals are written `global = (a, b, c)`",
    );
    check("global = (a, b), c", function, "unknown option `c`: several globals are written `global = (a, b, c)`");
    check(
        "global = (a, b, c), d",
        function,
        "unknown option `d`: write `global = ..`, `chunksize = ..`, `processes = ..`, `index = ..`, `local(..)`, `try`, `reduce = ..`, `fold = ..` or `crate = ..`",
    );
}

#[test]
fn numbers_that_make_no_sense() {
    for zero in ["0", "0usize", "0x0", "0_0", "(0)", "0b0_usize"] {
        let message = "`chunksize` is at least 1: write a larger number, or leave the option out";
        check(&format!("chunksize = {zero}"), "fn f(x: u8) {}", message);
    }
    check_options(
        "global = data, processes = -1",
        "`processes` cannot be negative: write at least 1, or leave the option out",
    );
}

#[test]
fn values_of_the_wrong_kind() {
    check_options(
        "global = &data",
        "a global is the plain name of a parameter: write `global = data` or `global = (a, b)`",
    );
    check_options(
        r#"global = data, crate = "parmap""#,
        "`crate` is the path where parmap lives: write `crate = ::parmap`",
    );
    check("global = a b", "fn f(x: u8, a: u8, b: u8) {}", "expected `,`: write a comma between two options");
    check_options("global = data chunksize = 5", "expected `,`: write a comma between two options");
    check_options("global = data, chunksize = 5 +", "unexpected end of input, expected an expression");
}

#[test]
fn roles_that_do_not_add_up() {
    check("", "fn f() {}", "`f` has no item to run over: write a parameter for it, as in `f(item: Item)`");
    check("", "fn f(&self) {}", "`f` has no item to run over: write a parameter for it, as in `f(&self, item: Item)`");
    check(
        "",
        "fn f(x: u8, a: u8) {}",
        "`x` and `a` are neither item nor global: if the item is `x`, write `global = a`",
    );
    check(
        "global = b",
        "fn f(x: u8, a: u8, b: u8, c: u8) {}",
        "`x`, `a` and `c` are neither item nor global: if the item is `x`, write `global = (a, b, c)`",
    );
    check(
        "",
        "fn f(a: u8, (x, y): (u8, u8)) {}",
        "`a` and `(x , y)` are neither item nor global: if the item is `(x , y)`, write `global = a`",
    );
    check(
        "",
        "fn f((x, y): (u8, u8), (z, w): (u8, u8)) {}",
        "only one parameter can be the item, and a pattern cannot be a global: write a plain name, and take it apart in the body",
    );
    check(
        "global = (x, data)",
        "fn f(x: u8, data: &[u8]) {}",
        "every parameter is a global, so no item is left: leave the item out of `global`",
    );
    check("global =", "fn f(visit: &impl Fn(u8), x: u8) {}", "`global` has no value: write `global = data`");
    check("global =", "fn f<T: Visit>(visit: T, x: u8) {}", "`global` has no value: write `global = data`");
    check("global = dta", "fn f(x: u8, data: &[u8]) {}", "`dta` is not a parameter: write `x` or `data`");
    check("global = z", "fn f((x, y): (u8, u8)) {}", "`z` is not a parameter: give the parameter a plain name");
    check("global = self", "fn f(&self, x: u8) {}", "`self` is always shared by all items: leave it out of `global`");
}

#[test]
fn globals_that_cannot_be_shared() {
    check_options("", "`x` and `data` are neither item nor global: if the item is `x`, write `global = data`");
    check(
        "global = data",
        "fn f(x: u8, data: &mut [u8]) {}",
        "all items share `data`, so it cannot be taken by `&mut`: write `&`, and put what changes behind a `Mutex` or an atomic",
    );
    check(
        "global = data",
        "fn f(x: u8, mut data: Vec<u8>) {}",
        "all items share `data`, so none may change it: write it without `mut`",
    );
}

#[test]
fn receivers() {
    check("", "fn f(self, x: u8) {}", "all items share the receiver, so it cannot be taken by value: write `&self`");
    check(
        "",
        "fn f(&mut self, x: u8) {}",
        "all items share the receiver, so it cannot be taken by `&mut`: write `&self`",
    );
    check("", "fn f(self: Box<Self>, x: u8) {}", "all items share the receiver, so it is borrowed: write `&self`");
    check(
        "",
        "fn f(self: &mut Self, x: u8) {}",
        "all items share the receiver, so it cannot be taken by `&mut`: write `&self`",
    );
    check(
        "",
        "fn f(mut self: &Self, x: u8) {}",
        "all items share the receiver, so none may change it: write it without `mut`",
    );
    check("", "fn f(&self, x: u8) {}", "");
    check("", "fn f(self: &Arc<Self>, x: u8) {}", "");
}

#[test]
fn functions_of_another_kind() {
    check("", "async fn f(x: u8) {}", "workers run plain functions: write it without `async`");
    check("", "const fn f(x: u8) {}", "no thread runs at compile time: write it without `const`");
    check(
        "",
        "unsafe fn f(x: u8) {}",
        "no caller can vouch for every item of a collection: write a safe `fn`, with `unsafe` inside",
    );
    check(
        "",
        r#"extern "C" fn f(x: u8) {}"#,
        "other languages cannot call a generic function: write a plain `fn`, and call it from the `extern` one",
    );
    check(
        "",
        r#"unsafe extern "C" fn f(x: u8, ...) {}"#,
        "no caller can vouch for every item of a collection: write a safe `fn`, with `unsafe` inside\n\
         other languages cannot call a generic function: write a plain `fn`, and call it from the `extern` one",
    );
    check(
        "",
        "fn f(&self, x: u8) -> u8;",
        "there is no body to run here: write `#[parmap]` on a function that has one, and call that from the trait's methods",
    );
    let whole = "there is no body to run here: write it behind the signature";
    let declared = format!("{whole}, or `#[parmap]` on a function that calls this one");
    check("", "fn f(x: u8, y: u8) -> u8;", &declared);
    check("", "fn f(x: &[f64]) -> f64;", &declared);
    check("", "pub unsafe fn f(x: *const u8, ...) -> c_int;", &declared);
    check("", "pub fn f(x: &[f64]) -> f64;", whole);
    check("", "pub fn f(&self, x: u8) -> u8;", whole);
    check("", "fn f(x: u8, y: u8) -> u8", whole);
}

#[test]
fn types_without_a_name() {
    check(
        "",
        "fn f<T: Display>(x: T) {}",
        "an item is told from a collection by its type, and a type parameter could be either: write a concrete type",
    );
    check(
        "",
        "fn f(x: &impl Display) {}",
        "an item is told from a collection by its type, and `impl` could be either: write a concrete type",
    );
    check(
        "",
        "fn f(x: u8) -> Option<impl Display> {}",
        "results are collected, which takes a type with a name: write it instead of `impl`",
    );
}

#[test]
fn no_functions() {
    check("", "pub struct S;", "`#[parmap]` is for functions and methods: write it on an `fn`");
    check("", "impl S {}", "`#[parmap]` is for functions and methods: write it on a method in the `impl` block");
    check("", "mod m {}", "`#[parmap]` is for functions and methods: write it on a function in the module");
    check(
        "",
        "trait T {}",
        "`#[parmap]` is for functions and methods: write it on a function, and call that from a method",
    );
    check("", "function! {}", "`#[parmap]` is for functions and methods: write it on an `fn`");
    check("", "type T;", "`#[parmap]` is for functions and methods: write it on an `fn`");
    // The compiler refuses these itself, and a second error would say nothing new.
    check("", "let x = 1;", "");
    check("", "|x| x + 1", "");
}

#[test]
fn all_mistakes_are_reported_together() {
    check(
        "globl = data, chunksize = 0, processes =, chunksize = 5",
        "async fn f<T>(&mut self, x: T, data: &[u8]) -> impl Sized {}",
        "unknown option `globl`: write `global = ..`, `chunksize = ..`, `processes = ..`, `index = ..`, `local(..)`, `try`, `reduce = ..`, `fold = ..` or `crate = ..`\n\
         `chunksize` is at least 1: write a larger number, or leave the option out\n\
         `processes` has no value: write `processes = 4`\n\
         option `chunksize` is given twice: write it once\n\
         workers run plain functions: write it without `async`\n\
         all items share the receiver, so it cannot be taken by `&mut`: write `&self`\n\
         results are collected, which takes a type with a name: write it instead of `impl`\n\
         an item is told from a collection by its type, and a type parameter could be either: write a concrete type",
    );
}

/// Checks that `par_map!(call)` is answered with exactly these `messages`, one a line.
#[track_caller]
fn check_call(call: &str, messages: &str) {
    let text = crate::par_map::par_map(call.parse().expect("text should be Rust's tokens")).to_string();
    assert_eq!(messages_in(&text), messages, "in `par_map!({call})`");
}

#[test]
fn options_that_cannot_be_used_together() {
    let conflict = |second: &str, first: &str| {
        format!(
            "`{second}` cannot be used with `{first}`: each says what becomes of the results, so leave one of them out"
        )
    };
    check("reduce = sum, fold = (0, add)", "fn f(x: u8) -> u8 { x }", &conflict("fold", "reduce"));
    check("fold = (0, add), reduce = sum", "fn f(x: u8) -> u8 { x }", &conflict("reduce", "fold"));
    check_call("f, xs, reduce = sum, fold = (0, add)", &conflict("fold", "reduce"));
    check_call("f, xs, reduce = sum, into = &mut out", &conflict("into", "reduce"));
    check_call("f, xs, into = &mut out, fold = (0, add)", &conflict("fold", "into"));
}

#[test]
fn the_index() {
    check("index = i", "fn f(x: u8, i: u32) -> u8 { x }", "the index is the item's position: write `i: usize`");
    check("index = i", "fn f(x: u8, i: &usize) -> u8 { x }", "the index is the item's position: write `i: usize`");
    check("index = i", "fn f(x: u8, i: Position) -> u8 { x }", "");
    check("index = i + 1", "fn f(x: u8, i: usize) -> u8 { x }", "the index has a plain name: write `index = i`");
    check("index = j", "fn f(x: u8, i: usize) -> u8 { x }", "`j` is not a parameter: write `x` or `i`");
    check(
        "global = i, index = i",
        "fn f(x: u8, i: usize) -> u8 { x }",
        "`i` is named by `global` and by `index`: leave it out of one of them",
    );
    check_call("f, xs, index = i + 1", "the index has a plain name: write `index = i`");
}

#[test]
fn locals() {
    let function = "fn f(x: u8, buf: &mut Vec<u8>) -> u8 { x }";
    let written = "a local has a name and a first value: write `local(buf = Vec::new())`";
    check("local(buf = Vec::new())", function, "");
    check("local(buf: Vec::new())", function, written);
    check("local(Vec::new())", function, written);
    check("local(3)", function, written);
    check("local(buf)", function, "`buf` has no value: write `buf = Vec::new()`");
    check("local(buf = )", function, "`buf` has no value: write `buf = Vec::new()`");
    check("local", function, "`local` has no value: write `local(buf = Vec::new())`");
    check("local = buf", function, "option `local` is written `local(buf = Vec::new())`");
    check("local(buf = a b)", function, "expected `,`: write a comma between two options");
    check("local(buf = 1, buf = 2)", function, "`buf` is named as a local twice: write it once");
    check("local(buf = 1), local(buf = 2)", function, "option `local` is given twice: write it once");
    check_call("f, xs, local(a = 1, a = 2)", "`a` is named as a local twice: write it once");
    check(
        "local()",
        "fn f(x: u8) -> u8 { x }",
        "`local()` names no state: write `local(buf = Vec::new())`, or leave the option out",
    );
    for by_another_way in ["Vec<u8>", "&Vec<u8>", "&'a Vec<u8>"] {
        let function = format!("fn f<'a>(x: u8, buf: {by_another_way}) -> u8 {{ x }}");
        let why = "a local is its worker's own, and lent to one item after the other";
        check("local(buf = Vec::new())", &function, &format!("{why}: write `buf: &mut ..`"));
    }
}

#[test]
fn what_becomes_of_results() {
    let function = "fn f(x: u8) -> u8 { x }";
    let reductions = "write `sum`, `product`, `min`, `max` or `(identity, |a, b| ..)`";
    check("reduce = mean", function, &format!("unknown reduction `mean`: {reductions}"));
    check("reduce = (0, add, 1)", function, &format!("`reduce` takes a reduction's name or a pair: {reductions}"));
    check("fold = 0", function, "`fold` takes an initial value and a function: write `fold = (init, |acc, x| ..)`");
    check(
        "fold = (Vec::new(), |acc: Vec<_>, x| acc)",
        function,
        "the function returns the accumulator: write its whole type",
    );
    for (end, written) in [("fold = 0, |a, b| b", "fold = (0, |a, b| b)"), ("reduce = 0, add", "reduce = (0, add)")] {
        let name = end.split(' ').next().unwrap_or_default();
        let message = format!("`{name}` takes a pair in parentheses: write `{written}`");
        check(&format!("{end}, processes = 2"), function, &message);
        check_call(&format!("f, xs, {end}"), &message);
    }
    check("reduce = sum, processes = 2", function, "");
    let float = "fn f(x: u8) -> f32 { 0.0 }";
    let order = "floats have no order: write";
    check("reduce = min", float, &format!("{order} `reduce = (f32::INFINITY, f32::min)`"));
    check("reduce = max", float, &format!("{order} `reduce = (f32::NEG_INFINITY, f32::max)`"));
    check("reduce = sum", float, "");
    check("try = true", "fn f(x: u8) -> Option<u8> { None }", "option `try` is written `try`");
    let comma = "expected `,`: write a comma between two options";
    check("try index = i", "fn f(x: u8, i: usize) -> Option<u8> { None }", comma);
    check(
        "try",
        function,
        "`try` is for functions that can fail: write `Result<..>` or `Option<..>`, or leave `try` out",
    );
    check(
        "try",
        "fn f(x: u8) {}",
        "`try` is for functions that can fail, and this one returns nothing: write its `-> Result<..>` or `-> Option<..>`, or leave the option out",
    );
    for end in ["reduce = sum", "fold = (0, add)"] {
        let name = end.split(' ').next().unwrap_or_default();
        let message = format!(
            "`{name}` is for functions with a result, and this one returns nothing: write its `-> ..`, or leave the option out"
        );
        check(end, "fn f(x: u8) -> () {}", &message);
    }
    check(
        "into = &mut out",
        function,
        "`into` is for `par_map!`: write `par_map!(f, items, into = &mut out)` at the call",
    );
}

#[test]
fn calls_that_lack_something() {
    check_call("", "nothing to map: write `par_map!(f, items)`");
    check_call("f", "no items to map: write `par_map!(f, items)`");
    check_call("f,", "no items to map: write `par_map!(f, items)`");
    check_call(", xs", "expected the function: write `par_map!(f, items)`");
    check_call("f, , chunksize = 1", "expected the items: write `par_map!(f, items)`");
    check_call("f, chunksize = 1", "expected the items: write `par_map!(f, items)`, and options behind both");
    check_call("chunksize = 1, f, xs", "expected the function: write `par_map!(f, items)`, and options behind both");
    check_call("f xs", "expected `,`: write a comma between two arguments");
    let zero = "`chunksize` is at least 1: write a larger number, or leave the option out";
    check_call("|x| x., xs, chunksize = 0", &format!("expected identifier or integer\n{zero}"));
    check_call("f, xs., chunksize = 0", &format!("expected identifier or integer\n{zero}"));
    for call in ["f xs, chunksize = 0", "f; xs, chunksize = 0", "f, xs chunksize = 0", "f g xs, chunksize = 0"] {
        check_call(call, &format!("expected `,`: write a comma between two arguments\n{zero}"));
    }
    check_call("f g xs", "expected `,`: write a comma between two arguments");
    check_call("f xs, ys", "expected `,`: write a comma between two arguments");
    check_call("xs., |x| x + 1", "expected identifier or integer");
    check_call("xs, |x| x + 1", "the function comes first: write `par_map!(f, items)`");
    check_call("xs, |x| x + 1, chunksize = 2", "the function comes first: write `par_map!(f, items)`");
    check_call("f, xs, ", "");
    check_call("global == 3, xs", "");
}

#[test]
fn all_mistakes_of_a_call_are_reported_together() {
    check_call(
        "f, xs, globl = 1, chunksize = 0, try = 1, global = ()",
        "unknown option `globl`: write `global = ..`, `chunksize = ..`, `processes = ..`, `index = ..`, `local(..)`, `try`, `reduce = ..`, `fold = ..`, `into = ..` or `crate = ..`\n\
         `chunksize` is at least 1: write a larger number, or leave the option out\n\
         option `try` is written `try`\n\
         `global = ()` shares nothing: write `global = &data`, or leave the option out",
    );
}
