//! What is looked for, or changed, anywhere in a type or an expression.
//!
//! One visitor does all of it: syn's has some two hundred functions, which are compiled anew for every type that visits.

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, BoundLifetimes, Expr, ExprGroup, ExprParen, GenericParam, Lifetime, ParenthesizedGenericArguments};
use syn::{Signature, Type, TypeFnPtr, TypeImplTrait, TypeInfer, TypeReference, token};

/// Where `_` first stands in a type.
pub(crate) fn placeholder(ty: &Type) -> Option<TypeInfer> {
    let mut found = None;
    Visitor::Placeholder(&mut found).visit_type_mut(&mut ty.clone());
    found
}

/// Where `impl Trait` first stands in a type.
pub(crate) fn impl_trait(ty: &Type) -> Option<Span> {
    let mut found = None;
    Visitor::ImplTrait(&mut found).visit_type_mut(&mut ty.clone());
    found
}

/// Puts the fragments of a `macro_rules!` that an expression is made of in parentheses.
pub(crate) fn parenthesize_fragments(value: &mut Expr) {
    Visitor::Fragments.visit_expr_mut(value);
}

/// Likewise in the types of a signature, where lengths of arrays are expressions.
pub(crate) fn parenthesize_fragments_of_types(signature: &mut Signature) {
    Visitor::Fragments.visit_signature_mut(signature);
}

/// Likewise in the body of a function.
pub(crate) fn parenthesize_fragments_of_body(body: &mut Block) {
    Visitor::Fragments.visit_block_mut(body);
}

/// Calls `each` on every lifetime of a type, on the one left out of `&T` as `'_`. Types that are scopes of their own
/// are left out, as Rust's rules do: `fn`, `Fn(..)`, `for<'a>` and `impl`.
pub(crate) fn each_lifetime(ty: &mut Type, mut each: impl FnMut(&mut Lifetime)) {
    Visitor::Lifetimes { each: &mut each, bound: Vec::new() }.visit_type_mut(ty);
}

/// Whether a lifetime is written as `'_`.
pub(crate) fn is_elided(lifetime: &Lifetime) -> bool {
    lifetime.ident == "_"
}

enum Visitor<'a> {
    Placeholder(&'a mut Option<TypeInfer>),
    ImplTrait(&'a mut Option<Span>),
    Fragments,
    Lifetimes {
        each: &'a mut dyn FnMut(&mut Lifetime),
        /// Those that a `for<..>` further out declares.
        bound: Vec<Lifetime>,
    },
}

impl Visitor<'_> {
    /// Whether it keeps out of types that are scopes of their own, and of expressions.
    fn keeps_out(&self) -> bool {
        matches!(self, Visitor::Lifetimes { .. })
    }
}

impl VisitMut for Visitor<'_> {
    fn visit_type_infer_mut(&mut self, ty: &mut TypeInfer) {
        if let Visitor::Placeholder(found) = self {
            found.get_or_insert_with(|| ty.clone());
        }
        visit_mut::visit_type_infer_mut(self, ty);
    }

    fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
        if let Visitor::ImplTrait(found) = self {
            found.get_or_insert(ty.impl_token.span());
        }
        if !self.keeps_out() {
            visit_mut::visit_type_impl_trait_mut(self, ty);
        }
    }

    fn visit_expr_mut(&mut self, value: &mut Expr) {
        if self.keeps_out() {
            return;
        }
        visit_mut::visit_expr_mut(self, value);
        if let (Visitor::Fragments, Expr::Group(group)) = (self, &mut *value) {
            if let Some(parenthesized) = parenthesized(group) {
                *value = parenthesized;
            }
        }
    }

    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        let adds = self.keeps_out() && reference.lifetime.is_none();
        if adds {
            reference.lifetime = Some(Lifetime::new("'_", reference.and_token.span));
        }
        visit_mut::visit_type_reference_mut(self, reference);
        if adds && reference.lifetime.as_ref().is_some_and(is_elided) {
            reference.lifetime = None;
        }
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if let Visitor::Lifetimes { each, bound } = self {
            if !bound.contains(lifetime) {
                each(lifetime);
            }
        }
    }

    fn visit_bound_lifetimes_mut(&mut self, binder: &mut BoundLifetimes) {
        if let Visitor::Lifetimes { bound, .. } = self {
            bound.extend(binder.lifetimes.iter().filter_map(|parameter| match parameter {
                GenericParam::Lifetime(parameter) => Some(parameter.lifetime.clone()),
                _ => None,
            }));
        } else {
            visit_mut::visit_bound_lifetimes_mut(self, binder);
        }
    }

    fn visit_type_fn_ptr_mut(&mut self, ty: &mut TypeFnPtr) {
        if !self.keeps_out() {
            visit_mut::visit_type_fn_ptr_mut(self, ty);
        }
    }

    fn visit_parenthesized_generic_arguments_mut(&mut self, arguments: &mut ParenthesizedGenericArguments) {
        if !self.keeps_out() {
            visit_mut::visit_parenthesized_generic_arguments_mut(self, arguments);
        }
    }
}

/// A fragment in parentheses, unless it holds together by itself.
fn parenthesized(ExprGroup { attrs, expr, .. }: &mut ExprGroup) -> Option<Expr> {
    if matches!(**expr, Expr::Path(_) | Expr::Lit(_) | Expr::Closure(_) | Expr::Paren(_) | Expr::Tuple(_)) {
        return None;
    }
    let inner = std::mem::replace(&mut **expr, Expr::Verbatim(TokenStream::new()));
    let paren_token = token::Paren(Span::mixed_site().located_at(inner.span()));
    Some(Expr::Paren(ExprParen { attrs: std::mem::take(attrs), paren_token, expr: Box::new(inner) }))
}
