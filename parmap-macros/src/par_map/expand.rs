//! The call: what a `par_map!` without mistakes becomes.
//!
//! Nothing here can fail. What an annotated function's signature would say is inferred: from the collection where a
//! closure's parameter has no type, from the function elsewhere.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprClosure, Macro, Pat, ReturnType, Stmt, Type};

use crate::ends;
use crate::expand::{order, site, state_of};
use crate::options::{End, Extra, Options, closure, names_in, operand, ungrouped};
use crate::typed::{self, Returned, Types, name_at};
use crate::visitor::placeholder;

// Input:
//
//     par_map!(|section, data, buf| .., sections, global = &data, local(buf = Vec::new()), chunksize = 25)
//
// Output:
//
//     match (sections, ::parmap::__private::shared(&data)) {
//         (parmap_items, parmap_global_0) => {
//             fn parmap_typed<T, G0, L0, F, R>(_: &Hint<T>, _: &impl FnOnce() -> (L0, u8), _: &G0, f: F) -> F
//             where
//                 F: Fn(T, G0, &mut L0) -> R,
//             {
//                 f
//             }
//             let parmap_options = ::parmap::__private::Options::new(..).chunksize(25);
//             let parmap_local = || (Vec::new(), 0_u8);
//             let (parmap_items, parmap_item) = ::parmap::__private::natural(parmap_items);
//             let parmap_f = parmap_typed(&parmap_item, &parmap_local, &parmap_global_0, |section, data, buf| ..);
//             let parmap_body = ::parmap::__private::body(
//                 &parmap_item,
//                 &parmap_local,
//                 |parmap_local: &mut _, parmap_index, parmap_item| {
//                     parmap_f(parmap_item, parmap_global_0, &mut parmap_local.0)
//                 },
//             );
//             match ::parmap::__private::settle(0) {
//                 parmap_end => ::parmap::__private::drive_many::<_, _, _, _, _, _, _, _, _, _, _>(
//                     parmap_items,
//                     || parmap_options,
//                     parmap_local,
//                     parmap_body,
//                     || parmap_end,
//                     ::parmap::__private::Plain,
//                 ),
//             }
//         }
//     }
//
// Temporaries in what is written live as long as the `match` that it stands in.
pub(super) fn expand(function: &Expr, items: &Expr, options: &Options) -> TokenStream {
    let call = Expansion::new(function, items, options);
    let Expansion { parmap, items: parmap_items, globals, .. } = &call;
    let shared = typed::shared(options, parmap);
    let parmap_out = call.out.iter().map(|(_, name)| name);
    // Lent again, so that a `&mut` variable can be used again after the call.
    let out = call.out.iter().map(|(value, name)| {
        let value = operand(value);
        quote_spanned!(name.span()=> &mut *#value)
    });
    let (options, body, drive) = (call.options(), call.body(), call.drive());
    let mapped = call.with_f(&quote_spanned!(Span::mixed_site()=> #body #drive));
    quote_spanned! {Span::mixed_site()=>
        match (#items, #(#shared,)* #(#out,)*) {
            (#parmap_items, #(#globals,)* #(#parmap_out,)*) => {
                let parmap_options = #options;
                #mapped
            }
        }
    }
}

/// A call, and the names of its parts.
pub(super) struct Expansion<'c> {
    function: &'c Expr,
    options: &'c Options,
    parmap: TokenStream,
    /// What messages are about when they mention one of these stands where the user wrote it.
    items: Ident,
    globals: Vec<Ident>,
    out: Option<(&'c Expr, Ident)>,
    f: Ident,
    body: Ident,
}

/// Where a function's item type comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Item {
    /// From the collection: a closure whose parameter has no type.
    Natural,
    /// From the type written in a closure.
    Written,
    /// The collection's if the function takes that, else the function's.
    Asked,
}

impl<'c> Expansion<'c> {
    pub(super) fn new(function: &'c Expr, items: &Expr, options: &'c Options) -> Self {
        Expansion {
            function,
            options,
            parmap: options.parmap(Span::mixed_site()),
            items: name_at("parmap_items", items),
            globals: typed::global_names(options),
            out: match &options.end {
                Some((_, End::Into(out))) => Some((out, name_at("parmap_out", out))),
                _ => None,
            },
            f: name_at("parmap_f", function),
            body: name_at("parmap_body", function),
        }
    }

    /// What the items and the globals are called.
    pub(super) fn names(&self) -> impl Iterator<Item = &Ident> {
        std::iter::once(&self.items).chain(&self.globals)
    }

    fn options(&self) -> TokenStream {
        let Expansion { parmap, options, .. } = self;
        let name = match ungrouped(self.function) {
            Expr::Path(path) => path.to_token_stream().to_string().replace(' ', ""),
            _ => "par_map!".to_owned(),
        };
        let site = site(options, &name, Span::mixed_site());
        let orders = options.orders.iter().map(|(name, value)| order(name, value));
        quote_spanned!(Span::mixed_site()=> #parmap::__private::Options::new(#site) #(#orders)*)
    }

    fn item(&self) -> Item {
        match closure(self.function).map(|closure| closure.inputs.first()) {
            Some(Some(Pat::Type(parameter))) if placeholder(&parameter.ty).is_none() => Item::Written,
            Some(_) => Item::Natural,
            None => Item::Asked,
        }
    }

    /// The code `then`, with `parmap_local` and `parmap_f` bound, and `parmap_item` to what tells the item's type.
    pub(super) fn with_f(&self, then: &TokenStream) -> TokenStream {
        let Expansion { function, parmap, items, globals, f, .. } = self;
        let site = Span::mixed_site();
        let state = state_of(self.options.locals().map(|(_, value)| value));
        let local = quote_spanned!(site=> let parmap_local = #state;);
        let hint = match self.item() {
            Item::Natural => {
                let place = site.located_at(items.span());
                let parmap = self.options.parmap(place);
                quote_spanned!(place=> let (#items, parmap_item) = #parmap::__private::natural(#items);)
            }
            Item::Written => quote_spanned!(site=> let parmap_item = #parmap::__private::any();),
            Item::Asked => return self.asked(&local, then),
        };
        let typed = typed::typed(
            self.options,
            &Types {
                generics: quote_spanned!(site=> T),
                hint: quote_spanned!(site=> #parmap::__private::Hint<T>),
                item: quote_spanned!(site=> T),
                called: quote_spanned!(site=> Fn),
                returned: Returned::Itself,
            },
        );
        quote_spanned! {site=>
            #typed
            #local
            #hint
            let #f = parmap_typed(&parmap_item, &parmap_local, #(&#globals,)* #function);
            #then
        }
    }

    /// The code `then`, with `parmap_f` bound to a function that is no closure, which is asked for its item type.
    fn asked(&self, local: &TokenStream, then: &TokenStream) -> TokenStream {
        let Expansion { parmap, items, f, .. } = self;
        let (site, function) = (Span::mixed_site(), operand(self.function));
        let extras = Literal::usize_unsuffixed(self.options.extras.len());
        // A reference, so that a closure of the caller's is not moved; in a `match`, so that it may hold temporaries.
        quote_spanned! {site=>
            #local
            match &#function {
                #f => {
                    let parmap_item = {
                        use #parmap::__private::{InfersItem as _, PrefersCloned as _, PrefersNatural as _};
                        (&&&#parmap::__private::candidate::<_, _, #extras>(&#items, #f)).__parmap_item()
                    };
                    #then
                }
            }
        }
    }

    /// Binds `parmap_body` to the function as the engine calls it.
    fn body(&self) -> TokenStream {
        let Expansion { parmap, options, globals, f, body, .. } = self;
        let site = Span::mixed_site();
        let extras = typed::extras(options, globals);
        let parameter = |is_used: bool, name| Ident::new(if is_used { name } else { "_" }, site);
        let local = parameter(options.locals().next().is_some(), "parmap_local");
        let index = parameter(options.extras.iter().any(|extra| matches!(extra, Extra::Index(_))), "parmap_index");
        // An error that this is no function belongs on the function.
        let called = quote_spanned!(f.span()=> #f(parmap_item, #(#extras),*));
        quote_spanned! {site=>
            let #body = #parmap::__private::body(
                &parmap_item,
                &parmap_local,
                |#local: &mut _, #index, parmap_item| #called,
            );
        }
    }

    fn drive(&self) -> TokenStream {
        let Expansion { options, items, body, .. } = self;
        let site = Span::mixed_site();
        // The call as a whole is where errors about its value land, which are the results'.
        let place = site.located_at(body.span());
        let (values, collected) = match &options.tries {
            Some(_) => (quote_spanned!(place=> tried_values), quote_spanned!(site=> collect())),
            None if closure(self.function).is_some_and(returns_nothing) => {
                (quote_spanned!(site=> plain_values), quote_spanned!(site=> nothing()))
            }
            None => (quote_spanned!(site=> plain_values), quote_spanned!(site=> settle(0))),
        };
        // Errors about what goes to other threads land on the type arguments: on the items, the function, a state.
        let at = |place: Span| quote_spanned!(site.located_at(place)=> _);
        let state = at(options.locals().next().map_or(site, |(_, value)| value.span()));
        let (item, f) = (at(items.span()), at(body.span()));
        let (parmap, mode) = (options.parmap(place), ends::mode(options, place));
        let given = quote_spanned!(site=> #items, || parmap_options, parmap_local, #body);
        if let Some((_, out)) = &self.out {
            let value = at(out.span());
            return quote_spanned! {place=>
                #parmap::__private::drive_into::<#item, #f, #f, #state, #value, #f, _, _, #item>(#given, #out, #mode)
            };
        }
        let values = quote_spanned!(place=> #parmap::__private::#values(&#body));
        let collected = quote_spanned!(site=> #parmap::__private::#collected);
        let end = ends::end(options, &values, &quote_spanned!(site=> _), collected);
        let end_type = ends::end_type(options, place);
        let call = quote_spanned! {place=>
            #parmap::__private::drive_many::<#item, #f, #f, #state, #end_type, #f, _, _, _, _, #item>(
                #given,
                || parmap_end,
                #mode,
            )
        };
        quote_spanned! {site=>
            match #end {
                parmap_end => #call,
            }
        }
    }
}

/// Whether a closure is seen to return nothing, whatever the types in it. Of others their types will tell, which comes late
/// for the compiler where the call's value meets that of a `return` or `panic!`.
fn returns_nothing(closure: &ExprClosure) -> bool {
    let is_nothing = match &closure.output {
        ReturnType::Type(_, ty) => matches!(&**ty, Type::Tuple(tuple) if tuple.elems.is_empty()),
        ReturnType::Default => has_no_value(&closure.body),
    };
    is_nothing && !names_in(closure.body.to_token_stream()).iter().any(|name| name == "return")
}

fn has_no_value(body: &Expr) -> bool {
    match ungrouped(body) {
        Expr::Assign(_) | Expr::ForLoop(_) | Expr::While(_) => true,
        Expr::Binary(binary) => is_assignment(&binary.op),
        Expr::Block(block) if block.label.is_none() => match block.block.stmts.last() {
            None | Some(Stmt::Local(_)) => true,
            Some(Stmt::Expr(last, Some(_))) => !matches!(last, Expr::Loop(_)),
            Some(Stmt::Macro(statement)) => statement.semi_token.is_some() && !never_returns(&statement.mac),
            Some(Stmt::Expr(last, None)) => has_no_value(last),
            Some(_) => false,
        },
        Expr::If(condition) => condition.else_branch.is_none(),
        _ => false,
    }
}

/// Whether the macro is one of those of the standard library behind which nothing is run.
fn never_returns(called: &Macro) -> bool {
    const DIVERGING: [&str; 4] = ["panic", "todo", "unimplemented", "unreachable"];
    let name = called.path.segments.last();
    name.is_some_and(|segment| DIVERGING.iter().any(|diverging| segment.ident == diverging))
}

fn is_assignment(operator: &BinOp) -> bool {
    use BinOp::{AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, DivAssign};
    use BinOp::{MulAssign, RemAssign, ShlAssign, ShrAssign, SubAssign};
    matches!(operator, AddAssign(_) | SubAssign(_) | MulAssign(_) | DivAssign(_) | RemAssign(_))
        || matches!(operator, BitXorAssign(_) | BitAndAssign(_) | BitOrAssign(_) | ShlAssign(_) | ShrAssign(_))
}
