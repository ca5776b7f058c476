//! The pipeline: what a `pipeline!` without mistakes becomes.
//!
//! Nothing here can fail. Which types go from one stage to the next is inferred, stage by stage: each is told by the
//! engine what the items are that come to it, and so knows what its function takes.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::parts::{End, Order, Shape, Stage};
use crate::expand::{order, site, state_of};
use crate::options::{Options, closure, operand, ungrouped};
use crate::typed::{self, Returned, Types, name_at};

/// A pipeline without mistakes.
pub(super) struct Pipeline<'c> {
    pub(super) source: &'c Expr,
    pub(super) stages: Vec<Stage<'c>>,
    pub(super) end: End<'c>,
    pub(super) options: &'c Options,
}

// Input:
//
//     pipeline!(
//         lines,
//         par(|line| parse(line), try),
//         par(|record, table| enrich(record, table), global = &table, processes = 4),
//         fold(0, |acc, record| acc + record.len()),
//         in_flight = 64,
//     )
//
// Output, with P for `::parmap::__private::pipeline`:
//
//     match P::source::<_, _, _, _>(lines) {
//         parmap_pipe => match P::takes(P::item(&parmap_pipe), |line| parse(line), P::Map, P::Tries) {
//             parmap_stage => match parmap_pipe.par(parmap_stage) {
//                 parmap_pipe => match (::parmap::__private::shared(&table),) {
//                     (parmap_global_0,) => {
//                         fn parmap_typed<T, W, G0, F, R>(
//                             _: &P::Item<T, W>,
//                             _: &impl FnOnce() -> (),
//                             _: &G0,
//                             f: F,
//                         ) -> impl Fn(T, G0) -> R
//                         where
//                             F: Fn(T, G0) -> R,
//                         {
//                             f
//                         }
//                         let parmap_local = || ();
//                         match parmap_typed(&P::item(..), &parmap_local, &parmap_global_0, |record, ..| ..) {
//                             parmap_f => match P::takes(
//                                 P::item(&parmap_pipe),
//                                 move |parmap_item| parmap_f(parmap_item, parmap_global_0),
//                                 P::Map,
//                                 P::Plain,
//                             ) {
//                                 parmap_stage => match parmap_pipe.par_within(4, parmap_stage) {
//                                     parmap_pipe => match parmap_pipe.fold(0, |acc, record| .., P::Plain) {
//                                         parmap_pipe => parmap_pipe.run::<{ 64 }, _>(
//                                             ::parmap::__private::Options::new(..),
//                                             ::parmap::__private::tries(0),
//                                         ),
//                                     },
//                                 },
//                             },
//                         }
//                     }
//                 },
//             },
//         },
//     }
//
// Temporaries in what is written live as long as the `match` that it stands in, which is as long as the pipeline runs.
pub(super) fn expand(pipeline: &Pipeline) -> TokenStream {
    let Pipeline { source, stages, end, options } = pipeline;
    let site = Span::mixed_site();
    let tries = stages.iter().map(|stage| stage.options).chain([end.options]).any(|options| options.tries.is_some());
    let failures = if tries { quote_spanned!(site=> _) } else { quote_spanned!(site=> ()) };
    let pieces = Pieces { options };
    let ended = pieces.end(end, &pieces.run(end, tries));
    pieces.source(source, &failures, &pieces.stages(stages, ended))
}

/// The pieces of an expansion, each around what comes behind it.
pub(super) struct Pieces<'c> {
    /// The options of the pipeline.
    pub(super) options: &'c Options,
}

impl Pieces<'_> {
    /// The code `then`, with `parmap_pipe` bound to the source; `failures` is the type that tells how a pipeline fails.
    pub(super) fn source(&self, source: &Expr, failures: &TokenStream, then: &TokenStream) -> TokenStream {
        let (place, source) = (place(source), ungrouped(source));
        let (engine, items) = (self.engine(place), quote_spanned!(place=> _));
        bind("parmap_pipe", &quote_spanned!(place=> #engine::source::<#items, #failures, _, _>(#source)), then)
    }

    /// The code `then`, with `parmap_pipe` bound to the pipeline as it is behind the `stages`.
    pub(super) fn stages(&self, stages: &[Stage], then: TokenStream) -> TokenStream {
        stages.iter().enumerate().rev().fold(then, |then, (index, stage)| {
            let before = index.checked_sub(1).and_then(|index| stages.get(index));
            self.stage(stage, &joined(stage, before, &then))
        })
    }

    /// The code `then`, with `parmap_pipe` bound to the ended pipeline.
    pub(super) fn end(&self, end: &End, then: &TokenStream) -> TokenStream {
        let End { name, init, function, options } = end;
        let place = function.map_or_else(|| place(name), place);
        let ended = |init: Option<&dyn ToTokens>, function: Option<&dyn ToTokens>| {
            let (name, init) = (Ident::new(&name.to_string(), place), init.into_iter());
            let mode = self.mode(options, place);
            let called = function.map(|function| quote_spanned!(place=> #function, #mode));
            bind("parmap_pipe", &quote_spanned!(place=> parmap_pipe.#name(#(#init,)* #called)), then)
        };
        let Some(function) = function.filter(|function| closure(function).is_none()) else {
            return ended(init.map(|init| init as _), function.map(|function| function as _));
        };
        let (f, parmap_init) = (name_at("parmap_f", function), init.map(|init| name_at("parmap_init", init)));
        let folded = init.map(|_| quote_spanned!(place=> parmap_folded,));
        let called = quote_spanned!(place=> move |#folded parmap_item| #f(#folded parmap_item));
        let ended = ended(parmap_init.as_ref().map(|init| init as _), Some(&called));
        let (init, parmap_init) = (init.iter(), parmap_init.iter());
        let mutability = quote_spanned!(place=> mut);
        quote_spanned! {Span::mixed_site()=>
            match (#(#init,)* #function,) {
                (#(#parmap_init,)* #mutability #f,) => #ended
            }
        }
    }

    /// The pipeline's value.
    fn run(&self, end: &End, tries: bool) -> TokenStream {
        // Errors about the value land on the end, whose value it is.
        let place = place(end.name);
        let (site, parmap) = (site(self.options, "pipeline!", Span::mixed_site()), self.options.parmap(place));
        let orders = self.options.orders.iter().map(|(name, value)| order(name, value));
        let options = quote_spanned!(Span::mixed_site()=> #parmap::__private::Options::new(#site) #(#orders)*);
        let mode = if tries { quote_spanned!(place=> tries(0)) } else { quote_spanned!(place=> Plain) };
        let run = match &self.options.in_flight {
            Some(batches) => {
                let batches = operand(batches);
                quote_spanned!(place=> run::<{ #batches }, _>)
            }
            None => quote_spanned!(place=> run_by_default),
        };
        quote_spanned!(place=> parmap_pipe.#run(#options, #parmap::__private::#mode))
    }

    /// The code `then`, with `parmap_stage` bound to a stage.
    fn stage(&self, stage: &Stage, then: &TokenStream) -> TokenStream {
        let Stage { order, function, options, .. } = stage;
        let has_extras = !options.extras.is_empty();
        if closure(function).is_some() && !has_extras {
            return bind("parmap_stage", &self.value(stage, &function.to_token_stream()), then);
        }
        let (globals, f, place) = (typed::global_names(options), name_at("parmap_f", function), place(function));
        let called = {
            let local = options.locals().next().map(|_| quote_spanned!(place=> parmap_local: &mut _,));
            let extras = typed::extras(options, &globals);
            quote_spanned!(place=> move |#local parmap_item| #f(parmap_item, #(#extras),*))
        };
        let bound = bind("parmap_stage", &self.value(stage, &called), then);
        let site = Span::mixed_site();
        let function = match (closure(function), order) {
            (Some(_), _) => {
                let engine = self.engine(place);
                let item = quote_spanned!(place=> &#engine::item(&parmap_pipe));
                quote_spanned!(place=> parmap_typed(#item, &parmap_local, #(&#globals,)* #function))
            }
            // A reference, so that a closure of the caller's is not moved.
            (None, Order::Parallel) => {
                let function = operand(function);
                quote_spanned!(site=> &#function)
            }
            (None, Order::Serial) => operand(function),
        };
        let mutability = (*order == Order::Serial).then(|| quote_spanned!(place=> mut));
        let bound = quote_spanned!(site=> match #function { #mutability #f => #bound });
        if has_extras { self.with_extras(stage, &globals, &bound) } else { bound }
    }

    /// The code `then`, with what a stage's function is given bound to its names.
    fn with_extras(&self, stage: &Stage, globals: &[Ident], then: &TokenStream) -> TokenStream {
        let Stage { order, shape, function, options } = stage;
        let site = Span::mixed_site();
        let (engine, parmap) = (self.engine(site), self.options.parmap(site));
        let types = Types {
            generics: quote_spanned!(site=> T, W),
            hint: quote_spanned!(site=> #engine::Item<T, W>),
            item: if *shape == Shape::Filter { quote_spanned!(site=> &T) } else { quote_spanned!(site=> T) },
            called: match order {
                Order::Parallel => quote_spanned!(site=> Fn),
                Order::Serial => quote_spanned!(site=> FnMut),
            },
            returned: Returned::AsExpected,
        };
        let is_closure = closure(function).is_some();
        let typed = is_closure.then(|| typed::typed(options, &types));
        let local = (is_closure || options.locals().next().is_some()).then(|| {
            let state = state_of(options.locals().map(|(_, value)| value));
            quote_spanned!(site=> let parmap_local = #state;)
        });
        let bound = quote_spanned!(site=> { #typed #local #then });
        if globals.is_empty() {
            return bound;
        }
        let shared = typed::shared(options, &parmap);
        quote_spanned!(site=> match (#(#shared,)*) { (#(#globals,)*) => #bound })
    }

    /// The stage whose function is `called`.
    fn value(&self, stage: &Stage, called: &TokenStream) -> TokenStream {
        let Stage { order, shape, function, options } = stage;
        // The call as a whole is where errors about the function land, and about what it returns.
        let place = place(function);
        let engine = self.engine(place);
        let (takes, shape) = match shape {
            Shape::Map => ("takes", Some("Map")),
            Shape::FilterMap => ("takes", Some("FilterMap")),
            Shape::FlatMap => ("takes", Some("FlatMap")),
            Shape::Filter => ("looks", None),
        };
        let shape = shape.map(|shape| Ident::new(shape, place)).map(|shape| quote_spanned!(place=> #engine::#shape,));
        let local = options.locals().next().map(|_| quote_spanned!(place=> parmap_local,));
        let name = match (order, &local) {
            (Order::Parallel, None) => takes.to_owned(),
            (Order::Parallel, Some(_)) => format!("{takes}_with"),
            (Order::Serial, _) => format!("serial_{takes}"),
        };
        let (name, mode) = (Ident::new(&name, place), self.mode(options, place));
        quote_spanned!(place=> #engine::#name(#engine::item(&parmap_pipe), #local #called, #shape #mode))
    }

    /// Whether what a function returns can end the pipeline.
    fn mode(&self, options: &Options, place: Span) -> TokenStream {
        let engine = self.engine(place);
        let mode = Ident::new(if options.tries.is_some() { "Tries" } else { "Plain" }, place);
        quote_spanned!(place=> #engine::#mode)
    }

    /// The engine's words, for messages about what stands at `place`.
    fn engine(&self, place: Span) -> TokenStream {
        let parmap = self.options.parmap(place);
        quote_spanned!(place=> #parmap::__private::pipeline)
    }
}

/// The code `then`, with `parmap_pipe` bound to the pipeline behind a stage, which stands behind the one `before`.
fn joined(stage: &Stage, before: Option<&Stage>, then: &TokenStream) -> TokenStream {
    let place = place(stage.function);
    let find = |name| stage.options.orders.iter().find(|(option, _)| option == name);
    let (chunksize, processes) = (find("chunksize"), find("processes"));
    let chunks = chunksize.map(|(name, value)| order(name, value));
    let Some((name, value)) = processes else {
        let join = match (stage.order, before) {
            (Order::Serial, _) => "serial",
            // It runs as one with that, on as many threads.
            (Order::Parallel, Some(before)) if before.has_no_width_of_its_own() => "and_par",
            (Order::Parallel, _) => "par",
        };
        let join = Ident::new(join, place);
        return bind("parmap_pipe", &quote_spanned!(place=> parmap_pipe #chunks .#join(parmap_stage)), then);
    };
    let join = Ident::new("par_within", Span::mixed_site().located_at(name.span()));
    let pipe = |processes: &dyn ToTokens| {
        bind("parmap_pipe", &quote_spanned!(place=> parmap_pipe #chunks .#join(#processes, parmap_stage)), then)
    };
    match &stage.options.orders[..] {
        // What is written first is evaluated first.
        [(first, _), _] if first == name => {
            let processes = name_at("parmap_processes", value);
            let (pipe, value) = (pipe(&processes), operand(value));
            quote_spanned!(Span::mixed_site()=> match #value { #processes => #pipe })
        }
        _ => pipe(value),
    }
}

impl Stage<'_> {
    /// Whether it is a parallel stage on which any number of threads may work.
    fn has_no_width_of_its_own(&self) -> bool {
        self.order == Order::Parallel && !self.options.orders.iter().any(|(name, _)| name == "processes")
    }
}

/// The code `then`, with the `value` bound to a name. Temporaries in the value live as long as that code runs.
fn bind(name: &str, value: &TokenStream, then: &TokenStream) -> TokenStream {
    let name = Ident::new(name, Span::mixed_site());
    quote_spanned!(Span::mixed_site()=> match #value { #name => #then })
}

/// Where errors about something `written` belong.
fn place(written: &impl Spanned) -> Span {
    Span::mixed_site().located_at(written.span())
}
