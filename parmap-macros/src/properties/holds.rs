//! What must hold of every expansion, whatever was written. The fuzz targets look at the same.
//!
//! Inputs are texts, so that every token has a place by which it is known again in the output. In them `(fragment! ..)`
//! stands for tokens that come from a fragment of a `macro_rules!`, which hold together unseen.

use std::collections::{HashMap, HashSet};
use std::mem::{Discriminant, discriminant};
use std::ops::Range;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, File, FnArg, ItemFn, ItemImpl, LitStr};

use super::written;
use crate::function::Function;

/// Expands `#[parmap(options)] item`, written as `(options) item`; returns the messages of the errors. `None` for what
/// is not made of tokens, or has errors of its own.
pub(crate) fn attribute(text: &str) -> Option<Vec<String>> {
    let input = tokens(text)?;
    let mut rest = input.clone().into_iter().peekable();
    let is_options =
        |first: &TokenTree| matches!(first, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis);
    let options = match rest.next_if(is_options) {
        Some(TokenTree::Group(group)) => group.stream(),
        _ => TokenStream::new(),
    };
    let item: TokenStream = rest.collect();
    if item.is_empty() {
        // There is no attribute on nothing.
        return None;
    }
    let expansion = Expansion::of(text, input, || crate::attribute::parmap(options.clone(), item.clone()));
    match Function::parse(item.clone()) {
        Ok(function) => expansion.check_function(&function, &item),
        Err(_) => expansion.check_no_function(&item),
    }
    if expansion.messages.is_empty() && Function::parse(item.clone()).is_ok() {
        // One that does not say where its result borrows from is left to the compiler.
        let is_driver = expansion.output.to_string() != item.to_string();
        let written = if is_driver { written::options(options) } else { Some(Vec::new()) };
        expansion.check_values(&written.expect("options without a mistake should be readable"));
    }
    Some(expansion.messages)
}

/// Expands `par_map!(text)`; returns the messages of the errors.
pub(crate) fn par_map(text: &str) -> Option<Vec<String>> {
    call(text, crate::par_map::par_map)
}

/// Expands `pipeline!(text)`; returns the messages of the errors.
pub(crate) fn pipeline(text: &str) -> Option<Vec<String>> {
    call(text, crate::pipeline::pipeline)
}

fn call(text: &str, expand: fn(TokenStream) -> TokenStream) -> Option<Vec<String>> {
    let input = tokens(text)?;
    let expansion = Expansion::of(text, input.clone(), || expand(input.clone()));
    if let Err(error) = syn::parse2::<Expr>(expansion.output.clone()) {
        expansion.refuse(&format!("it is no expression: {error}"));
    }
    match written::arguments(input) {
        Some(values) => expansion.check_values(&values),
        None if expansion.messages.is_empty() => expansion.refuse("it has no error, and cannot be read"),
        None => {}
    }
    Some(expansion.messages)
}

/// The tokens of a text, each with its place in it; `None` of what has none, or errors of its own.
fn tokens(text: &str) -> Option<TokenStream> {
    proc_macro2::extra::invalidate_current_thread_spans();
    // Errors that the user wrote could not be told from the macro's.
    let text = Some(text).filter(|text| !text.contains("compile_error"))?;
    text.parse().ok().map(fragments)
}

fn fragments(tokens: TokenStream) -> TokenStream {
    let with_fragments = |token| match token {
        TokenTree::Group(group) => {
            let mut rest = group.stream().into_iter().peekable();
            let is_fragment = matches!(rest.peek(), Some(TokenTree::Ident(name)) if name == "fragment")
                && group.delimiter() == Delimiter::Parenthesis
                && matches!(rest.clone().nth(1), Some(TokenTree::Punct(mark)) if mark.as_char() == '!');
            let (delimiter, skipped) = if is_fragment { (Delimiter::None, 2) } else { (group.delimiter(), 0) };
            let mut made = Group::new(delimiter, fragments(rest.skip(skipped).collect()));
            made.set_span(group.span());
            TokenTree::Group(made)
        }
        other => other,
    };
    tokens.into_iter().map(with_fragments).collect()
}

/// What was made of an input.
struct Expansion<'t> {
    text: &'t str,
    /// Every token of the input, brackets left out, by its place.
    input: HashSet<Leaf>,
    output: TokenStream,
    /// Every token of the output, and how often it is there.
    leaves: HashMap<Leaf, usize>,
    messages: Vec<String>,
    /// Where each of them begins.
    places: Vec<usize>,
}

/// A token that is no bracket, and where it stands in the text; what a macro made stands nowhere.
type Leaf = (String, Range<usize>);

impl<'t> Expansion<'t> {
    /// Expands, and checks what holds of all macros: the same again, only the user's `unsafe`, errors in the input.
    fn of(text: &'t str, input: TokenStream, expand: impl Fn() -> TokenStream) -> Self {
        let output = expand();
        let mut counts = HashMap::new();
        leaves(output.clone()).into_iter().for_each(|leaf| *counts.entry(leaf).or_default() += 1);
        let (input, leaves) = (leaves(input).into_iter().collect(), counts);
        let mut expansion = Expansion { text, input, output, leaves, messages: Vec::new(), places: Vec::new() };
        if expand().to_string() != expansion.output.to_string() {
            expansion.refuse("the second time it is something else");
        }
        let is_unsafe = |leaf: &&Leaf| leaf.0 == "unsafe";
        if expansion.leaves.keys().filter(is_unsafe).any(|leaf| !expansion.input.contains(leaf)) {
            expansion.refuse("there is an `unsafe` that nobody wrote");
        }
        (expansion.messages, expansion.places) = expansion.errors(expansion.output.clone()).into_iter().unzip();
        expansion
    }

    fn refuse(&self, why: &str) -> ! {
        panic!("{why}\nof: {}\nexpanded: {}", self.text, self.output)
    }

    /// The messages in the output, and where in the input they begin.
    fn errors(&self, output: TokenStream) -> Vec<(String, usize)> {
        let tokens: Vec<_> = output.into_iter().collect();
        let mut messages = Vec::new();
        for (place, token) in tokens.iter().enumerate() {
            let TokenTree::Group(group) = token else { continue };
            let is_error =
                place >= 2 && matches!(&tokens[place - 2], TokenTree::Ident(name) if name == "compile_error");
            if !is_error {
                messages.extend(self.errors(group.stream()));
                continue;
            }
            let message = syn::parse2::<LitStr>(group.stream()).expect("a message is text").value();
            let (start, end) = (tokens[place - 2].span().byte_range(), group.span().byte_range());
            let is_placed = !start.is_empty() && start.start <= end.start && end.end <= self.text.len();
            // What is missing at the end has no place (syn says no more of it than this), and neither has what is
            // missing altogether.
            const MISSING: [&str; 3] = ["unexpected end of input", "expected `", "nothing to "];
            let is_missing = MISSING.iter().any(|why| message.starts_with(why));
            if !(is_placed || is_missing && start.is_empty()) {
                self.refuse(&format!("an error at {start:?} to {end:?}: {message}"));
            }
            messages.push((message, start.start));
        }
        messages
    }

    /// Checks what became of a function: its name is defined, its body is there, and it can be read.
    fn check_function(&self, function: &Function, item: &TokenStream) {
        let name = function.signature.ident.to_string();
        if defined(&self.output) != [name.clone()] {
            self.refuse(&format!("`{name}` should be defined, once, and nothing else"));
        }
        let last = item.clone().into_iter().last();
        let body = match &last {
            Some(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => {
                // What stands in the body is for the compiler to judge.
                if self.places.iter().any(|place| body.span().byte_range().contains(place)) {
                    self.refuse("there is an error in the body");
                }
                leaves(body.stream())
            }
            _ => Vec::new(),
        };
        for leaf in &body {
            let times = self.leaves.get(leaf).copied().unwrap_or(0);
            if times > 1 || (times == 0 && self.messages.is_empty()) {
                self.refuse(&format!("`{}` at {:?} stands in the body once, and {times} times now", leaf.0, leaf.1));
            }
        }
        let is_declared = matches!(last, Some(TokenTree::Punct(last)) if last.as_char() == ';');
        if syn::parse2::<ItemFn>(item.clone()).is_ok() || is_declared {
            self.check_items(matches!(function.signature.inputs.first(), Some(FnArg::Receiver(_))));
        }
    }

    /// Checks that what is no function stays as it is.
    fn check_no_function(&self, item: &TokenStream) {
        // Each error is eight tokens.
        let rest: TokenStream = self.output.clone().into_iter().skip(8 * self.messages.len()).collect();
        if rest.to_string() != item.to_string() {
            self.refuse("what is no function should stay as it is");
        }
    }

    /// Checks that the output can be read as methods, or as items if it has no receiver.
    fn check_items(&self, has_receiver: bool) {
        let output = &self.output;
        if let Err(error) = syn::parse2::<ItemImpl>(quote!(impl Table { #output })) {
            self.refuse(&format!("it is no method: {error}"));
        }
        if !has_receiver {
            if let Err(error) = syn::parse2::<File>(output.clone()) {
                self.refuse(&format!("it is no function: {error}"));
            }
        }
    }

    /// Checks that each of the expressions that the user wrote is whole in the output: that nothing before it or behind
    /// it takes a part away. Beside an error it may not be there at all.
    fn check_values(&self, values: &[Expr]) {
        let mut nodes = Nodes { kinds: values.iter().map(discriminant).collect(), found: HashSet::new() };
        let output = &self.output;
        match syn::parse2::<Expr>(output.clone()) {
            Ok(mut output) => nodes.visit_expr_mut(&mut output),
            Err(_) => match syn::parse2::<ItemImpl>(quote!(impl Table { #output })) {
                Ok(mut output) => nodes.visit_item_impl_mut(&mut output),
                // The body is not for the macro to read.
                Err(_) => return,
            },
        }
        for value in values {
            let Some(node) = node(value) else { continue };
            let is_there = |end: &Leaf| self.leaves.contains_key(end);
            let tokens = value.to_token_stream();
            // Of brackets with nothing inside, as at the end of `collect()()`, it is not to be seen whether they are there.
            let is_seen =
                !matches!(tokens.clone().into_iter().last(), Some(TokenTree::Group(end)) if end.stream().is_empty());
            let ends = leaves(tokens);
            let is_there = is_seen && is_there(&ends[0]) && is_there(&ends[ends.len() - 1]);
            let is_needed = self.messages.is_empty() || is_there;
            if is_needed && !nodes.found.contains(&node) {
                self.refuse(&format!("`{}` should be whole", node.0));
            }
        }
    }
}

/// Every expression in something, of those kinds that are looked for, and where it begins.
struct Nodes {
    kinds: HashSet<Discriminant<Expr>>,
    found: HashSet<(String, usize)>,
}

impl VisitMut for Nodes {
    fn visit_expr_mut(&mut self, value: &mut Expr) {
        if self.kinds.contains(&discriminant(value)) {
            self.found.extend(node(value));
        }
        visit_mut::visit_expr_mut(self, value);
    }
}

fn node(value: &Expr) -> Option<(String, usize)> {
    let tokens = value.to_token_stream();
    let start = leaves(tokens.clone()).first()?.1.start;
    Some((tokens.to_string(), start))
}

/// The functions that are defined in some items.
fn defined(items: &TokenStream) -> Vec<String> {
    let tokens: Vec<_> = items.clone().into_iter().collect();
    let is_fn = |token: &TokenTree| matches!(token, TokenTree::Ident(name) if name == "fn");
    let named = tokens.windows(2).filter(|pair| is_fn(&pair[0])).filter_map(|pair| match &pair[1] {
        TokenTree::Ident(name) => Some(name.to_string()),
        _ => None,
    });
    named.collect()
}

fn leaves(tokens: TokenStream) -> Vec<Leaf> {
    let leaves = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) => leaves(group.stream()),
        leaf => vec![(leaf.to_string(), leaf.span().byte_range())],
    });
    leaves.collect()
}
