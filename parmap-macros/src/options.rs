//! The options, as written between the parentheses: `name = value, ..`, and the two shapes `try` and `local(..)`.
//!
//! Owns their grammar, which all macros share, and the mistakes in how they are written; whether a name is a parameter's
//! is for `roles` to say. A value is any Rust expression. After a mistake reading goes on behind the next comma, so that
//! every option is looked at.

mod known;
mod tokens;
mod values;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Expr, ExprClosure, Path, ReturnType, Token, parenthesized, parse_quote, token};

use self::known::{Kind, Known, advice};
pub(crate) use self::known::{Use, list};
pub(crate) use self::tokens::{
    closure, is_end, is_equals, names_in, next, operand, parse_expression, plain_name, skip, ungrouped,
};
pub(crate) use self::values::End;
use crate::errors::Errors;
use crate::function::Function;

/// The options of one use.
#[derive(Default)]
pub(crate) struct Options {
    /// What a function takes beside its item, in the order written.
    pub(crate) extras: Vec<Extra>,
    /// The value that the globals were named in, for messages about all of them.
    pub(crate) globals_written: Option<Expr>,
    /// Whether an option could not be read that may have claimed a parameter.
    pub(crate) roles_are_unclear: bool,
    /// Whether that was `index`.
    pub(crate) index_is_unclear: bool,
    /// Whether that was `local`.
    pub(crate) locals_are_unclear: bool,
    /// The names in options with a mistake, parameters among them: hardly the item, which no option may mention.
    pub(crate) mistaken_names: Vec<Ident>,
    /// What the engine is told, each under its option's name, in the order written.
    pub(crate) orders: Vec<(Ident, Expr)>,
    /// How many batches there may be at a time.
    pub(crate) in_flight: Option<Expr>,
    /// The option `try`.
    pub(crate) tries: Option<Ident>,
    /// What becomes of the results, under the option's name.
    pub(crate) end: Option<(Ident, End)>,
    /// Where parmap lives, if not at `::parmap`.
    parmap: Option<Path>,
    /// The names of the options read so far.
    seen: Vec<Ident>,
    /// The names of the annotated function's parameters.
    parameters: Vec<Ident>,
}

/// Something that a function takes beside its item.
pub(crate) enum Extra {
    /// What all items share: in an attribute always the name of a parameter.
    Global(Expr),
    /// The item's position.
    Index(Ident),
    /// A worker's own state, and how it is made.
    Local(Ident, Expr),
}

impl Extra {
    /// The parameter that an attribute claims for this.
    pub(crate) fn name(&self) -> Option<&Ident> {
        match self {
            Extra::Global(value) => plain_name(value),
            Extra::Index(name) | Extra::Local(name, _) => Some(name),
        }
    }

    /// The option that it was written with.
    pub(crate) fn option(&self) -> &'static str {
        match self {
            Extra::Global(_) => "global",
            Extra::Index(_) => "index",
            Extra::Local(..) => "local",
        }
    }
}

impl Options {
    /// No options yet, of an attribute on this function.
    pub(crate) fn of(function: &Function) -> Options {
        let parameters = function.parameters().filter_map(|parameter| parameter.name().cloned()).collect();
        Options { parameters, ..Options::default() }
    }

    /// The path of parmap; the default one is placed at `span`.
    pub(crate) fn parmap(&self, span: Span) -> TokenStream {
        self.parmap.as_ref().map_or_else(|| quote_spanned!(span=> ::parmap), ToTokens::to_token_stream)
    }

    /// The globals, in the order written.
    pub(crate) fn globals(&self) -> impl Iterator<Item = &Expr> {
        self.extras.iter().filter_map(|extra| match extra {
            Extra::Global(value) => Some(value),
            _ => None,
        })
    }

    /// The locals, in the order written.
    pub(crate) fn locals(&self) -> impl Iterator<Item = (&Ident, &Expr)> {
        self.extras.iter().filter_map(|extra| match extra {
            Extra::Local(name, value) => Some((name, value)),
            _ => None,
        })
    }

    /// Where the globals were named.
    pub(crate) fn globals_span(&self) -> Span {
        match self.globals_written.as_ref().map(ungrouped) {
            Some(Expr::Tuple(list)) => list.paren_token.span.join(),
            Some(one) => plain_name(one).map_or_else(Span::mixed_site, Ident::span),
            None => Span::mixed_site(),
        }
    }

    /// Reads all options that are left in the `input` of a macro.
    pub(crate) fn parse(&mut self, input: ParseStream, used: Use, errors: &mut Errors) -> syn::Result<()> {
        while !input.is_empty() {
            self.parse_next(input, used, errors)?;
        }
        Ok(())
    }

    /// Reads one option, and the comma behind it.
    pub(crate) fn parse_next(&mut self, input: ParseStream, used: Use, errors: &mut Errors) -> syn::Result<()> {
        self.parse_one(input, used, errors);
        self.separator(input, errors)
    }

    /// Reads one option; after a mistake the rest of it is skipped.
    fn parse_one(&mut self, input: ParseStream, used: Use, errors: &mut Errors) {
        let start = input.fork();
        let Ok(name) = input.call(Ident::parse_any) else {
            self.roles_are_unclear = true;
            errors.at(next(input), format!("expected an option: {}", advice(used)));
            return self.skip(&start, input);
        };
        let Some(known) = Known::find(&name, used) else {
            self.roles_are_unclear = true;
            let more_globals = match self.seen.last() {
                Some(last) if last == "global" => self.parse_more_globals(&name, input, used),
                _ => None,
            };
            let advice = more_globals.unwrap_or_else(|| advice(used));
            errors.at(&name, format!("unknown option `{name}`: {advice}"));
            return self.skip(&start, input);
        };
        if let Err(mistake) = self.parse_known(known, &name, input, used, errors) {
            match known.kind {
                Kind::Globals | Kind::Index | Kind::Locals => self.note_unclear(known.kind),
                Kind::Reduce | Kind::Fold | Kind::Into => drop(self.end.get_or_insert((name, End::Unclear))),
                Kind::Try => self.tries = Some(name),
                Kind::Count | Kind::InFlight | Kind::Progress | Kind::Engine | Kind::Crate => {}
            }
            errors.push(mistake);
            self.skip(&start, input);
        }
    }

    /// Notes an option that may have claimed a parameter.
    fn note_unclear(&mut self, kind: Kind) {
        self.roles_are_unclear = true;
        self.index_is_unclear |= kind == Kind::Index;
        self.locals_are_unclear |= kind == Kind::Locals;
    }

    /// Reads what follows the `name` of an option.
    fn parse_known(
        &mut self,
        known: &Known,
        name: &Ident,
        input: ParseStream,
        used: Use,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        let refuse = |message: String| Err(syn::Error::new_spanned(name, message));
        if self.seen.contains(name) {
            return refuse(format!("option `{name}` is given twice: write it once"));
        }
        self.seen.push(name.clone());
        if let Some(refusal) = known.refusal(used) {
            return refuse(refusal);
        }
        if known.kind == Kind::Progress && cfg!(not(feature = "progress")) {
            let advice = "write `features = [\"progress\"]` where Cargo.toml names parmap";
            return refuse(format!("`{name}` is drawn only with parmap's feature of that name: {advice}"));
        }
        match known.kind {
            Kind::Try if is_end(input) || begins_with_a_known_option(input, used) => self.tries = Some(name.clone()),
            Kind::Progress if is_end(input) => self.orders.push((name.clone(), parse_quote!(""))),
            Kind::Locals if input.peek(token::Paren) => self.parse_locals(name, input, used, errors)?,
            Kind::Try | Kind::Locals => {
                let example = known.example(used);
                if is_end(input) {
                    return refuse(format!("`{name}` has no value: write `{example}`"));
                }
                let written = format!("option `{name}` is written `{example}`");
                return Err(syn::Error::new_spanned(next(input), written));
            }
            kind => {
                let value = value(input, name, known.example(used))?;
                check_parentheses(kind, name, &value, input, used)?;
                self.set(kind, name.clone(), value, used, errors);
            }
        }
        Ok(())
    }

    /// Reads `(name = value, ..)`; after a mistake reading goes on behind the next comma between the parentheses.
    fn parse_locals(&mut self, local: &Ident, input: ParseStream, used: Use, errors: &mut Errors) -> syn::Result<()> {
        let content;
        let parentheses = parenthesized!(content in input);
        if content.is_empty() {
            self.note_unclear(Kind::Locals);
            let advice = "write `local(buf = Vec::new())`, or leave the option out";
            errors.at_span(parentheses.span.join(), format!("`{local}()` names no state: {advice}"));
        }
        while !content.is_empty() {
            let start = content.fork();
            match local_state(&content) {
                Ok(state) => self.claim(state, used, errors),
                Err(mistake) => {
                    self.note_unclear(Kind::Locals);
                    errors.push(mistake);
                    self.skip(&start, &content);
                }
            }
            self.separator(&content, errors)?;
        }
        Ok(())
    }

    /// Reads `, b, c` behind `global = a, name` if all may be meant as globals, and says how to write them.
    fn parse_more_globals(&self, name: &Ident, input: ParseStream, used: Use) -> Option<String> {
        let is_parameter = |name: &Ident| match used {
            Use::Attribute => self.parameters.contains(name),
            _ => Known::find(name, used).is_none(),
        };
        if self.globals().next().is_none() || !is_end(input) || !is_parameter(name) {
            return None;
        }
        let mut globals: Vec<_> = self.globals().map(shown).chain([name.to_string()]).collect();
        loop {
            let ahead = input.fork();
            match (ahead.parse::<Token![,]>(), ahead.parse::<Ident>()) {
                (Ok(_), Ok(another)) if is_end(&ahead) && is_parameter(&another) => globals.push(another.to_string()),
                _ => break,
            }
            input.advance_to(&ahead);
        }
        Some(format!("several globals are written `global = ({})`", globals.join(", ")))
    }

    /// Reads the comma between two options.
    fn separator(&mut self, input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
        if !is_end(input) {
            self.roles_are_unclear = true;
            errors.at(next(input), "expected `,`: write a comma between two options");
            self.skip(&input.fork(), input);
        }
        input.parse::<Option<Token![,]>>().map(drop)
    }

    /// Skips the rest of an option with a mistake, which began at `start`, and notes the names in it.
    fn skip(&mut self, start: ParseStream, input: ParseStream) {
        skip(input);
        while start.cursor() < input.cursor() {
            let Ok(token) = start.parse::<TokenTree>() else { return };
            self.mistaken_names.extend(names_in(token.into()));
        }
    }

    fn set(&mut self, kind: Kind, name: Ident, value: Expr, used: Use, errors: &mut Errors) {
        match kind {
            Kind::Globals => {
                self.set_globals(&value, used, errors);
                self.globals_written = Some(value);
            }
            Kind::Index => match plain_name(&value) {
                Some(index) => self.claim(Extra::Index(index.clone()), used, errors),
                None => {
                    self.note_unclear(kind);
                    self.mistaken_names.extend(names_in(value.to_token_stream()));
                    errors.at(&value, "the index has a plain name: write `index = i`");
                }
            },
            Kind::Count => {
                values::check_count(&name, &value, errors);
                self.orders.push((name, value));
            }
            Kind::InFlight => {
                values::check_count(&name, &value, errors);
                self.in_flight = Some(value);
            }
            Kind::Progress => self.orders.push((name, value)),
            Kind::Engine => values::check_engine(&value, errors),
            Kind::Reduce => self.set_end(name, End::reduce(value, errors), errors),
            Kind::Fold => self.set_end(name, End::fold(&value, used, errors), errors),
            Kind::Into => self.set_end(name, End::Into(value), errors),
            Kind::Crate => match ungrouped(&value) {
                Expr::Path(path) if path.qself.is_none() => self.parmap = Some(path.path.clone()),
                other => errors.at(other, "`crate` is the path where parmap lives: write `crate = ::parmap`"),
            },
            // These two have no value behind a `=`.
            Kind::Try | Kind::Locals => {}
        }
    }

    fn set_end(&mut self, name: Ident, end: End, errors: &mut Errors) {
        match &self.end {
            Some((first, _)) => {
                let why = "each says what becomes of the results";
                errors.at(&name, format!("`{name}` cannot be used with `{first}`: {why}, so leave one of them out"));
                self.end = Some((name, End::Unclear));
            }
            None => self.end = Some((name, end)),
        }
    }

    fn set_globals(&mut self, value: &Expr, used: Use, errors: &mut Errors) {
        let globals = match ungrouped(value) {
            Expr::Tuple(tuple) => tuple.elems.iter().collect(),
            one => vec![one],
        };
        if globals.is_empty() {
            self.roles_are_unclear = true;
            let what = match used {
                Use::Attribute => "names no parameter: write `global = data`",
                _ => "shares nothing: write `global = &data`",
            };
            return errors.at(value, format!("`global = ()` {what}, or leave the option out"));
        }
        for global in globals {
            match used {
                Use::Attribute if plain_name(global).is_none() => {
                    self.note_unclear(Kind::Globals);
                    self.mistaken_names.extend(names_in(global.to_token_stream()));
                    let advice = "write `global = data` or `global = (a, b)`";
                    errors.at(global, format!("a global is the plain name of a parameter: {advice}"));
                }
                _ => self.claim(Extra::Global(global.clone()), used, errors),
            }
        }
    }

    /// Notes an extra, whose name no other may have: where it is a parameter's, that parameter can be but one thing.
    fn claim(&mut self, extra: Extra, used: Use, errors: &mut Errors) {
        let claimed = |extra: &Extra| match (used, extra) {
            (Use::Attribute, _) | (_, Extra::Index(_) | Extra::Local(..)) => extra.name().cloned(),
            // Any expression, which claims nothing.
            (_, Extra::Global(_)) => None,
        };
        let Some(name) = claimed(&extra) else { return self.extras.push(extra) };
        let Some(other) = self.extras.iter().find(|other| claimed(other).as_ref() == Some(&name)) else {
            return self.extras.push(extra);
        };
        let (first, second) = (other.option(), extra.option());
        let message = if first == second {
            format!("`{name}` is named as a {second} twice: write it once")
        } else {
            format!("`{name}` is named by `{first}` and by `{second}`: leave it out of one of them")
        };
        errors.at(&name, message);
    }
}

/// The name that an option begins with, if that is what comes next: no expression can be told from it otherwise.
pub(crate) fn begins_with_an_option(input: ParseStream, used: Use) -> Option<Ident> {
    let ahead = input.fork();
    let name = ahead.call(Ident::parse_any).ok()?;
    (Known::find(&name, used).is_some() && is_equals(&ahead)).then_some(name)
}

/// Refuses `fold = init, f`, and `reduce` likewise, once all of it was read.
fn check_parentheses(kind: Kind, name: &Ident, first: &Expr, input: ParseStream, used: Use) -> syn::Result<()> {
    let is_half = match kind {
        // A plain name is that of a reduction, whatever follows.
        Kind::Reduce if plain_name(first).is_some() => false,
        Kind::Reduce | Kind::Fold => !matches!(ungrouped(first), Expr::Tuple(_)),
        _ => false,
    };
    let ahead = input.fork();
    if !is_half || ahead.parse::<Token![,]>().is_err() || begins_with_a_known_option(&ahead, used) {
        return Ok(());
    }
    match ahead.parse::<Expr>() {
        Ok(second) if is_end(&ahead) && (closure(&second).is_some() || matches!(second, Expr::Path(_))) => {
            input.advance_to(&ahead);
            let pair = format!("{}, {}", shown(first), shown(&second));
            let message = format!("`{name}` takes a pair in parentheses: write `{name} = ({pair})`");
            Err(syn::Error::new_spanned(quote!(#first, #second), message))
        }
        _ => Ok(()),
    }
}

/// Whether the name of an option comes next.
pub(crate) fn begins_with_a_known_option(input: ParseStream, used: Use) -> bool {
    input.fork().call(Ident::parse_any).is_ok_and(|name| Known::find(&name, used).is_some())
}

/// Reads one `name = value` of `local`.
fn local_state(input: ParseStream) -> syn::Result<Extra> {
    let ahead = input.fork();
    match ahead.call(Ident::parse_any) {
        Ok(name) if is_end(&ahead) || is_equals(&ahead) => {
            input.advance_to(&ahead);
            let value = value(input, &name, &format!("{name} = Vec::new()"))?;
            Ok(Extra::Local(name, value))
        }
        _ => {
            let advice = "write `local(buf = Vec::new())`";
            Err(syn::Error::new_spanned(next(input), format!("a local has a name and a first value: {advice}")))
        }
    }
}

/// Reads the `= value` behind a `name`.
fn value(input: ParseStream, name: &Ident, example: &str) -> syn::Result<Expr> {
    let empty = |at: &dyn ToTokens| syn::Error::new_spanned(at, format!("`{name}` has no value: write `{example}`"));
    if is_end(input) {
        return Err(empty(name));
    }
    if !is_equals(input) {
        return Err(syn::Error::new_spanned(next(input), format!("option `{name}` is written `{example}`")));
    }
    let equals: Token![=] = input.parse()?;
    if is_end(input) {
        return Err(empty(&equals));
    }
    parse_expression(input)
}

/// An expression as it is written, but for a space behind `&`, and around a closure's parameters.
pub(crate) fn shown(value: &Expr) -> String {
    if let Expr::Closure(ExprClosure { capture, inputs, output: ReturnType::Default, body, .. }) = value {
        let capture = capture.as_ref().map_or("", |_| "move ");
        let parameters = inputs.to_token_stream().to_string().replace(" ,", ",");
        return format!("{capture}|{}| {}", parameters, body.to_token_stream());
    }
    value.to_token_stream().to_string().replace("& ", "&")
}
