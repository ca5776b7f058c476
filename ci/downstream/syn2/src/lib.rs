//! An attribute of another crate, which takes functions apart with another version of syn.

use proc_macro::TokenStream;
use quote::quote;
use syn::{FnArg, ItemFn, Pat, parse_macro_input};

/// Counts the function's calls in the `COUNT` next to it.
#[proc_macro_attribute]
pub fn counted(_: TokenStream, function: TokenStream) -> TokenStream {
    let ItemFn { attrs, vis, sig, block } = parse_macro_input!(function as ItemFn);
    quote! {
        #(#attrs)* #vis #sig {
            COUNT.fetch_add(1, ::std::sync::atomic::Ordering::Relaxed);
            #block
        }
    }
    .into()
}

/// Puts the function's body into a function inside it, which is given the same arguments.
#[proc_macro_attribute]
pub fn nested(_: TokenStream, function: TokenStream) -> TokenStream {
    let function = parse_macro_input!(function as ItemFn);
    let ItemFn { attrs, vis, sig, block } = &function;
    let names = sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(parameter) => match &*parameter.pat {
            Pat::Ident(name) => Some(&name.ident),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    let name = &sig.ident;
    quote! {
        #(#attrs)* #vis #sig {
            #sig #block
            #name(#(#names),*)
        }
    }
    .into()
}
