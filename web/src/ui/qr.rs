//! QR codes as one SVG path. The quiet zone is drawn, and stays white on a dark page.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// Modules of white that scanners need on every side.
const QUIET_MODULES: usize = 4;

/// The text does not fit the largest QR code at level M (2,331 bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

/// A square of modules, `true` for dark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    pub width: usize,
    pub dark: Vec<bool>,
}

/// Encodes at error correction level M with the smallest version that holds the text.
pub fn matrix(text: &str) -> Result<Matrix, TooLong> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| TooLong)?;
    Ok(Matrix {
        width: code.width(),
        dark: code
            .to_colors()
            .into_iter()
            .map(|c| c == Color::Dark)
            .collect(),
    })
}

/// An `<svg>` of the code; `label` is its accessible name. Empty when the text does not fit.
pub fn svg(text: &str, label: &str) -> String {
    let Ok(matrix) = matrix(text) else {
        return String::new();
    };
    let side = matrix.width + 2 * QUIET_MODULES;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qr\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path stroke=\"#000\" d=\"{}\"/></svg>",
        escaped(label),
        runs(&matrix)
    )
}

/// One stroke a run of dark modules, moves relative: a fifth of a rectangle a module.
fn runs(matrix: &Matrix) -> String {
    let mut path = String::new();
    for (y, row) in matrix.dark.chunks_exact(matrix.width).enumerate() {
        let mut pen: Option<usize> = None;
        let mut x = 0;
        while x < row.len() {
            let length = row[x..].iter().take_while(|dark| **dark == row[x]).count();
            if row[x] {
                let written = match pen {
                    None => write!(
                        path,
                        "M{} {}.5h{length}",
                        x + QUIET_MODULES,
                        y + QUIET_MODULES
                    ),
                    Some(end) => write!(path, "m{} 0h{length}", x - end),
                };
                written.expect("a String takes all that is written");
                pen = Some(x + length);
            }
            x += length;
        }
    }
    path
}

fn escaped(text: &str) -> String {
    askama::filters::escape(text, askama::filters::Html)
        .map(|safe| safe.to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest as _, Sha256};

    const PIX: &str = "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000\
                       5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D";

    /// Draws the path back into modules: what a scanner would see.
    fn painted(svg: &str) -> Matrix {
        let side: usize = between(svg, "viewBox=\"0 0 ", " ").parse().unwrap();
        let width = side - 2 * QUIET_MODULES;
        let mut dark = vec![false; width * width];
        let path = between(svg, "stroke=\"#000\" d=\"", "\"");
        let (mut x, mut y) = (0, 0);
        for line in path.split('M').skip(1) {
            for (at, step) in line.split(['h', 'm']).enumerate() {
                let numbers: Vec<usize> = step
                    .trim_end_matches(".5")
                    .split(' ')
                    .map(|n| n.parse().unwrap())
                    .collect();
                match (at, numbers.as_slice()) {
                    (0, [to_x, to_y]) => (x, y) = (to_x - QUIET_MODULES, to_y - QUIET_MODULES),
                    (_, [by, _]) => x += by,
                    (_, [run]) => {
                        dark[y * width + x..][..*run].fill(true);
                        x += run;
                    }
                    _ => panic!("a step nobody drew: {step}"),
                }
            }
        }
        Matrix { width, dark }
    }

    fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
        text.split_once(before)
            .unwrap()
            .1
            .split_once(after)
            .unwrap()
            .0
    }

    #[test]
    fn the_path_paints_exactly_the_matrix() {
        for text in ["a", "HTTPS://VOLTA.EXAMPLE/R/1", PIX] {
            assert_eq!(painted(&svg(text, "x")), matrix(text).unwrap(), "{text}");
        }
    }

    #[test]
    fn a_pix_code_stays_small_and_begins_with_a_finder() {
        let matrix = matrix(PIX).unwrap();
        assert!(matrix.width <= 49, "{}", matrix.width);
        let ring: String = matrix.dark[..8]
            .iter()
            .map(|d| if *d { '#' } else { '.' })
            .collect();
        assert_eq!(ring, "#######.");
        let drawing = svg(PIX, "código \"Pix\"");
        assert!(drawing.len() < 4_500, "{}", drawing.len());
        assert!(!drawing.contains("\"Pix\""));
    }

    #[test]
    fn a_code_that_a_scanner_has_read_is_still_drawn_the_same() {
        let matrix = matrix("https://volta.example/r/q7ZrVb2hYw0XkLm5TnPd3g").unwrap();
        let bits: Vec<u8> = matrix.dark.iter().map(|dark| u8::from(*dark)).collect();
        let digest = STANDARD.encode(Sha256::digest(&bits));
        assert_eq!(
            (matrix.width, digest.as_str()),
            (33, "Xq2CPOM0VTqIPEOW/+EV3w2Ii856RCwv4Ju9OTufpnQ=")
        );
    }

    #[test]
    fn what_does_not_fit_is_no_drawing() {
        assert_eq!(matrix(&"x".repeat(3_000)), Err(TooLong));
        assert_eq!(svg(&"x".repeat(3_000), ""), "");
    }
}
