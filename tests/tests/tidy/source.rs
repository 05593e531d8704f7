//! A Rust file as the rules see it: tokens with their lines, functions, and which lines are tests.

use crate::repo;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) lines: usize,
    pub(crate) tokens: Vec<Token>,
    pub(crate) functions: Vec<Function>,
    /// Inline `#[cfg(test)] mod` blocks.
    pub(crate) test_modules: Vec<RangeInclusive<usize>>,
    /// The whole file is test code.
    pub(crate) is_test: bool,
    test_items: Vec<RangeInclusive<usize>>,
    /// Paths that a `#[cfg(test)] mod name;` of this file can mean, without `.rs`.
    declared_tests: Vec<String>,
}

pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) line: usize,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Word(String),
    Mark(char),
    Open(Delimiter),
    Close(Delimiter),
    Text(String),
    Number,
}

pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) lines: RangeInclusive<usize>,
}

impl Source {
    pub(crate) fn parse(path: &str, text: &str) -> Self {
        let stream: TokenStream = text
            .parse()
            .unwrap_or_else(|error| panic!("{path} is not Rust: {error}"));
        let mut tokens = Vec::new();
        flatten(stream.clone(), &mut tokens);
        let file: syn::File = syn::parse2(stream)
            .unwrap_or_else(|error| panic!("{path}:{}: {error}", error.span().start().line));
        let mut seen = Seen::default();
        seen.visit_file(&file);
        let folder = module_folder(path);
        Self {
            path: path.to_owned(),
            lines: text.lines().count(),
            tokens,
            functions: seen.functions,
            test_modules: seen.test_modules,
            is_test: is_test_path(path),
            test_items: seen.test_items,
            declared_tests: seen
                .declared
                .iter()
                .map(|name| format!("{folder}/{name}"))
                .collect(),
        }
    }

    pub(crate) fn in_test(&self, line: usize) -> bool {
        self.is_test || self.test_items.iter().any(|range| range.contains(&line))
    }

    /// Where `pattern` starts: words as they are, marks one by one.
    pub(crate) fn find(&self, pattern: &[Kind]) -> Vec<usize> {
        self.tokens
            .windows(pattern.len())
            .filter(|window| window.iter().map(|token| &token.kind).eq(pattern))
            .map(|window| window[0].line)
            .collect()
    }
}

/// Every Rust file of the repository.
pub(crate) fn all() -> Vec<Source> {
    within(&[""])
}

/// The Rust files under `folders`: reading them all takes seconds in a test build.
pub(crate) fn within(folders: &[&str]) -> Vec<Source> {
    let mut sources: Vec<Source> = repo::files()
        .iter()
        .filter(|path| folders.iter().any(|folder| path.starts_with(folder)))
        .filter(|path| path.ends_with(".rs"))
        .filter_map(|path| Some(Source::parse(path, &repo::text(path)?)))
        .collect();
    let declared: BTreeSet<String> = sources
        .iter()
        .flat_map(|source| source.declared_tests.clone())
        .collect();
    for source in &mut sources {
        let stem = source.path.trim_end_matches(".rs");
        source.is_test |= declared.iter().any(|module| {
            stem == module || stem.strip_prefix(module.as_str()).is_some_and(is_below)
        });
    }
    sources
}

pub(crate) fn word(text: &str) -> Kind {
    Kind::Word(text.to_owned())
}

fn is_below(rest: &str) -> bool {
    rest.starts_with('/')
}

fn is_test_path(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("/tests.rs")
}

/// Where the modules that a file declares live, by the rule of `foo.rs` and `foo/`.
fn module_folder(path: &str) -> String {
    let stem = path.trim_end_matches(".rs");
    match stem.rsplit_once('/') {
        Some((folder, "lib" | "main")) => folder.to_owned(),
        _ => stem.to_owned(),
    }
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        let kind = match tree {
            TokenTree::Ident(ident) => Kind::Word(ident.to_string()),
            TokenTree::Punct(punct) => Kind::Mark(punct.as_char()),
            TokenTree::Literal(literal) => match syn::Lit::new(literal) {
                syn::Lit::Str(text) => Kind::Text(text.value()),
                _ => Kind::Number,
            },
            TokenTree::Group(group) => {
                let delimiter = group.delimiter();
                tokens.push(Token {
                    kind: Kind::Open(delimiter),
                    line,
                });
                flatten(group.stream(), tokens);
                let line = group.span_close().end().line;
                tokens.push(Token {
                    kind: Kind::Close(delimiter),
                    line,
                });
                continue;
            }
        };
        tokens.push(Token { kind, line });
    }
}

#[derive(Default)]
struct Seen {
    functions: Vec<Function>,
    test_modules: Vec<RangeInclusive<usize>>,
    test_items: Vec<RangeInclusive<usize>>,
    declared: Vec<String>,
}

impl Seen {
    fn function(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let lines = signature.span().start().line..=body.span().end().line;
        self.functions.push(Function {
            name: signature.ident.to_string(),
            lines,
        });
    }
}

impl<'ast> Visit<'ast> for Seen {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if attributes(item).iter().any(marks_test) {
            let lines = item.span().start().line..=item.span().end().line;
            match item {
                syn::Item::Mod(module) if module.content.is_none() => {
                    self.declared.push(module.ident.to_string());
                }
                syn::Item::Mod(_) => self.test_modules.push(lines.clone()),
                _ => {}
            }
            self.test_items.push(lines);
        }
        visit::visit_item(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(body) = &item.default {
            self.function(&item.sig, body);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// `#[test]`, `#[tokio::test]` and `#[cfg(test)]`, alone or in an `all`.
fn marks_test(attribute: &syn::Attribute) -> bool {
    let path = attribute.path();
    if path
        .segments
        .last()
        .is_some_and(|segment| segment.ident == "test")
    {
        return true;
    }
    let syn::Meta::List(list) = &attribute.meta else {
        return false;
    };
    let mut tokens = Vec::new();
    flatten(list.tokens.clone(), &mut tokens);
    let kinds: Vec<&Kind> = tokens.iter().map(|token| &token.kind).collect();
    let is = |at: usize, text: &str| kinds.get(at).is_some_and(|kind| **kind == word(text));
    path.is_ident("cfg") && (is(0, "test") || is(0, "all") && kinds.contains(&&word("test")))
}

#[test]
fn knows_which_lines_are_tests() {
    let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\n#[tokio::test]\nasync fn c() {\n}\n#[cfg(not(test))]\nfn d() {}\n#[cfg(test)]\nmod helper;\n";
    let source = Source::parse("cloud/src/pix.rs", text);
    let tests: Vec<usize> = (1..=source.lines)
        .filter(|line| source.in_test(*line))
        .collect();
    assert_eq!(tests, [2, 3, 4, 5, 6, 7, 8, 11, 12]);
    assert_eq!(source.test_modules, [2..=5]);
    assert_eq!(source.declared_tests, ["cloud/src/pix/helper"]);
    assert!(Source::parse("cloud/src/pix/tests.rs", "").in_test(1));
}
