//! Bounds checked before any JSON is parsed, so that hostile input costs only its own length.

/// Why a text was not even offered to the parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unbounded {
    #[error("{length} bytes where at most {limit} are taken")]
    TooLong { length: usize, limit: usize },
    #[error("nested deeper than {limit} levels")]
    TooDeep { limit: usize },
}

/// Checks length and nesting depth without parsing. Brackets inside strings do not count.
pub fn check_bounds(text: &[u8], length_max: usize, depth_max: usize) -> Result<(), Unbounded> {
    if text.len() > length_max {
        return Err(Unbounded::TooLong {
            length: text.len(),
            limit: length_max,
        });
    }
    let mut depth = 0usize;
    let mut in_string = false;
    let mut escaped = false;
    for &byte in text {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > depth_max {
                    return Err(Unbounded::TooDeep { limit: depth_max });
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_comes_before_depth_and_strings_do_not_nest() {
        assert_eq!(check_bounds(br#"{"a":"[[[[\"[["}"#, 100, 1), Ok(()));
        assert_eq!(
            check_bounds(b"[[]]", 100, 1),
            Err(Unbounded::TooDeep { limit: 1 })
        );
        assert_eq!(
            check_bounds(b"[[]]", 3, 1),
            Err(Unbounded::TooLong {
                length: 4,
                limit: 3
            })
        );
    }
}
