//! How much a reader must hold at once.

use crate::repo::{self, Breach, demand_none};
use crate::source::{self, Source};

const FILE_LINES_MAX: usize = 400; // one sitting; tests not counted
/// The raffle's verifiers are audited in one sitting each, whole and in one file: every line counts.
const VERIFIER: &str = "cloud/verifier/src/main.rs";
const VERIFIER_LINES_MAX: usize = 500;
const VERIFIER_WIDTH_MAX: usize = 140;
const FUNCTION_LINES_MAX: usize = 70; // one screen, signature included
const TEST_MODULE_LINES_MAX: usize = 100; // longer ones hide the code above them

#[test]
fn files_and_functions_fit_a_reader() {
    let breaches: Vec<Breach> = source::all().iter().flat_map(oversize).collect();
    demand_none(&breaches);
}

#[test]
fn the_verifier_is_one_readable_file() {
    let sources: Vec<String> = repo::files()
        .into_iter()
        .filter(|path| path.starts_with("cloud/verifier/src/"))
        .collect();
    assert_eq!(sources, [VERIFIER, "cloud/verifier/src/tests.rs"]);
    let text = repo::text(VERIFIER).expect("the list of files has it");
    let widest = text.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(VERIFIER_WIDTH_MAX), "{widest:?}");
    for beyond in ["include", "use cloud", "use shared", "#[path"] {
        assert!(
            !text.contains(beyond),
            "`{beyond}` brings in what the reader does not see"
        );
    }
}

#[test]
fn the_page_of_the_verifier_stands_alone() {
    let text = repo::text("web/verifier/verificar.html").expect("a page of the repository");
    for beyond in [
        "http:",
        "https:",
        "src=",
        "import ",
        "fetch(",
        "XMLHttp",
        "innerHTML",
        "eval(",
    ] {
        assert!(!text.contains(beyond), "`{beyond}` reaches beyond the file");
    }
    assert!(text.contains("default-src 'none'"), "the page's policy");
    assert!(text.lines().count() <= VERIFIER_LINES_MAX);
    let wide = text
        .lines()
        .find(|line| line.chars().count() > VERIFIER_WIDTH_MAX);
    assert_eq!(wide, None);
}

fn oversize(source: &Source) -> Vec<Breach> {
    let mut breaches = Vec::new();
    if source.is_test {
        return breaches;
    }
    let mut say = |line: usize, fault: String, way_out| {
        breaches.push(Breach::at_line(&source.path, line, fault, way_out));
    };
    let tests: usize = source
        .test_modules
        .iter()
        .map(|lines| lines.clone().count())
        .sum();
    let lines = source.lines - tests;
    let lines_max = if source.path == VERIFIER {
        VERIFIER_LINES_MAX
    } else {
        FILE_LINES_MAX
    };
    if lines > lines_max {
        let fault = format!("{lines} lines without tests, at most {lines_max}");
        say(1, fault, "Split `foo.rs` into `foo.rs` and `foo/part.rs`");
    }
    for module in &source.test_modules {
        let lines = module.clone().count();
        if lines > TEST_MODULE_LINES_MAX {
            let fault =
                format!("{lines} lines of tests, at most {TEST_MODULE_LINES_MAX} in the file");
            say(*module.start(), fault, "Move them to `foo/tests.rs`");
        }
    }
    for function in &source.functions {
        let lines = function.lines.clone().count();
        let start = *function.lines.start();
        if lines > FUNCTION_LINES_MAX && !source.in_test(start) {
            let name = &function.name;
            let fault = format!("`{name}` has {lines} lines, at most {FUNCTION_LINES_MAX}");
            say(start, fault, "Give a step of it a name and a function");
        }
    }
    breaches
}

#[test]
fn catches_oversize() {
    let body = |lines: usize| "    work();\n".repeat(lines);
    let function = |lines: usize| format!("fn long() {{\n{}}}\n", body(lines - 2));
    let tests =
        |lines: usize| format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "\n".repeat(lines - 3));
    for (path, text, breaches) in [
        ("edge/src/a.rs", function(70), 0),
        ("edge/src/a.rs", function(71), 1),
        (
            "edge/src/a.rs",
            format!("struct A;\nimpl A {{\n{}}}\n", function(71)),
            1,
        ),
        (
            "edge/src/a.rs",
            format!("trait A {{\n{}}}\n", function(71)),
            1,
        ),
        ("edge/src/a.rs", format!("#[test]\n{}", function(90)), 0),
        ("edge/src/a/tests.rs", function(500), 0),
        ("edge/src/a.rs", "struct A;\n".repeat(400), 0),
        ("edge/src/a.rs", "struct A;\n".repeat(401), 1),
        (VERIFIER, "struct A;\n".repeat(500), 0),
        (VERIFIER, "struct A;\n".repeat(501), 1),
        ("edge/src/a.rs", "struct A;\n".repeat(400) + &tests(100), 0),
        ("edge/src/a.rs", tests(101), 1),
    ] {
        let found = oversize(&Source::parse(path, &text));
        assert_eq!(found.len(), breaches, "{path}: {found:?}");
    }
}
