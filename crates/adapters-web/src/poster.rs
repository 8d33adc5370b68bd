//! A poster for each concert, drawn from its title: the same title always gives the same poster.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// Two colours of the sky, one of the light, one of the ground.
const PALETTES: [[&str; 4]; 8] = [
    ["#1b1f4b", "#5b3f8f", "#ffd9a0", "#0f1230"],
    ["#0f3a4a", "#2f8f83", "#ffe9b8", "#08222c"],
    ["#4a1230", "#b8405e", "#ffd6c2", "#2a0a1c"],
    ["#1d2b1f", "#5f7f45", "#f6edc3", "#101a12"],
    ["#2c1a4d", "#d0587e", "#ffe3d8", "#180d2d"],
    ["#102a5c", "#3f78c9", "#fff1cf", "#0a1a3a"],
    ["#5a1e12", "#e8833a", "#fff0c9", "#33100a"],
    ["#3b0f4f", "#e0567a", "#ffe0a8", "#22082f"],
];
const WIDTH: u32 = 600;
const HEIGHT: u32 = 750;
/// Characters of a line of the title; a wide one counts for two.
const LINE: usize = 15;

/// Numbers that look random and are the title's own.
struct Dice([u8; 32], usize);

impl Dice {
    fn below(&mut self, limit: u32) -> u32 {
        let byte = self.0.get(self.1 % 32).copied().unwrap_or_default();
        self.1 += 1;
        u32::from(byte) * limit / 256
    }
}

/// The poster, as SVG.
pub(crate) fn draw(title: &str, venue: &str) -> String {
    let (mut svg, light) = picture(title);
    write_words(&mut svg, title, venue, light);
    svg.push_str("</svg>");
    svg
}

/// The poster without words, where they stand beside it.
pub(crate) fn draw_bare(title: &str) -> String {
    picture(title).0 + "</svg>"
}

/// The picture, not closed yet, and its light.
fn picture(title: &str) -> (String, &'static str) {
    let mut dice = Dice(Sha256::digest(title).into(), 0);
    let palettes = u32::try_from(PALETTES.len()).unwrap_or(1);
    let [dark, bright, light, ground] = usize::try_from(dice.below(palettes))
        .ok()
        .and_then(|at| PALETTES.get(at))
        .copied()
        .unwrap_or(PALETTES[0]);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\">\
         <defs><linearGradient id=\"s\" x2=\"0.35\" y2=\"1\"><stop stop-color=\"{dark}\"/>\
         <stop offset=\"1\" stop-color=\"{bright}\"/></linearGradient>\
         <linearGradient id=\"g\" x2=\"0\" y2=\"1\"><stop stop-color=\"{ground}\" stop-opacity=\"0\"/>\
         <stop offset=\".75\" stop-color=\"{ground}\" stop-opacity=\".94\"/></linearGradient></defs>\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"url(#s)\"/>"
    );
    match dice.below(4) {
        0 => waves(&mut svg, &mut dice, light),
        1 => beams(&mut svg, &mut dice, light),
        2 => moon(&mut svg, &mut dice, light, ground),
        _ => strings(&mut svg, &mut dice, light),
    }
    (svg, light)
}

fn write_words(svg: &mut String, title: &str, venue: &str, light: &str) {
    let lines = wrapped(title);
    let size = if lines.len() > 3 { 46 } else { 62 };
    let step = size + 8;
    let count = u32::try_from(lines.len()).unwrap_or(1);
    let mut y = HEIGHT - 92 - step * count.saturating_sub(1);
    let _ = write!(
        svg,
        "<rect y=\"{}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"url(#g)\"/>",
        HEIGHT / 2 - 60
    );
    let font =
        "font-family=\"system-ui,-apple-system,'Segoe UI','Noto Sans KR','Apple SD Gothic Neo',sans-serif\"";
    for line in &lines {
        let _ = write!(
            svg,
            "<text x=\"44\" y=\"{y}\" {font} font-size=\"{size}\" font-weight=\"800\" letter-spacing=\"-1\" \
             fill=\"#fff\">{}</text>",
            escaped(line)
        );
        y += step;
    }
    let venue: String = venue.chars().take(44).collect();
    let _ = write!(
        svg,
        "<text x=\"46\" y=\"{}\" {font} font-size=\"24\" fill=\"{light}\">{}</text>",
        HEIGHT - 46,
        escaped(&venue)
    );
}

/// Sound that spreads from a corner.
fn waves(svg: &mut String, dice: &mut Dice, light: &str) {
    let (x, y) = (120 + dice.below(360), 130 + dice.below(150));
    for ring in 1..13 {
        let (radius, opacity) = (ring * (30 + dice.below(9)), 95 - ring * 7);
        let _ = write!(
            svg,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"none\" stroke=\"{light}\" \
             stroke-width=\"{}\" opacity=\".{opacity:02}\"/>",
            2 + dice.below(9)
        );
    }
    let _ = write!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"22\" fill=\"{light}\"/>");
}

/// Lights above a stage.
fn beams(svg: &mut String, dice: &mut Dice, light: &str) {
    for beam in 0..6 {
        let (top, bottom) = (50 + beam * 100, dice.below(WIDTH));
        let spread = 50 + dice.below(90);
        let _ = write!(
            svg,
            "<path d=\"M{top} -10 L{} {HEIGHT} L{} {HEIGHT} Z\" fill=\"{light}\" opacity=\".{:02}\"/>\
             <circle cx=\"{top}\" cy=\"26\" r=\"11\" fill=\"{light}\"/>",
            bottom.saturating_sub(spread),
            bottom + spread,
            12 + dice.below(14)
        );
    }
}

/// A moon over hills, and stars.
fn moon(svg: &mut String, dice: &mut Dice, light: &str, ground: &str) {
    for _ in 0..28 {
        let (x, y, radius) = (dice.below(WIDTH), dice.below(420), 1 + dice.below(4));
        let _ = write!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{light}\" opacity=\".7\"/>");
    }
    let (x, y, radius) = (150 + dice.below(300), 150 + dice.below(110), 80 + dice.below(50));
    let _ = write!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{light}\"/>");
    for (hill, opacity) in [(430, 35), (500, 60), (570, 85)] {
        let (left, right) = (hill - dice.below(90), hill - dice.below(90));
        let _ = write!(
            svg,
            "<path d=\"M0 {left} C200 {} 380 {} {WIDTH} {right} V{HEIGHT} H0 Z\" fill=\"{ground}\" opacity=\".{opacity}\"/>",
            left.saturating_sub(90),
            right + 60
        );
    }
}

/// Strings that swing.
fn strings(svg: &mut String, dice: &mut Dice, light: &str) {
    for string in 0..9 {
        let (x, swing) = (60 + string * 60, dice.below(150));
        let _ = write!(
            svg,
            "<path d=\"M{x} -10 C{} 200 {} 420 {x} {HEIGHT}\" fill=\"none\" stroke=\"{light}\" \
             stroke-width=\"{}\" opacity=\".{}\"/>",
            x + swing,
            (x + 40).saturating_sub(swing),
            2 + dice.below(6),
            35 + dice.below(50)
        );
    }
    let _ = write!(svg, "<circle cx=\"{}\" cy=\"250\" r=\"62\" fill=\"{light}\"/>", 180 + dice.below(240));
}

/// A title in lines.
fn wrapped(title: &str) -> Vec<String> {
    let wide = |c: char| if u32::from(c) > 0x1100 { 2 } else { 1 };
    let width = |text: &str| text.chars().map(wide).sum::<usize>();
    let mut lines: Vec<String> = vec![String::new()];
    for word in title.split_whitespace() {
        let fits = lines.last().is_some_and(|line| line.is_empty() || width(line) + width(word) < LINE);
        if !fits {
            lines.push(String::new());
        }
        for c in word.chars().chain(std::iter::once(' ')) {
            if lines.last().is_some_and(|line| width(line) >= LINE + 3) {
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut() {
                line.push(c);
            }
        }
    }
    if lines.len() > 5 {
        lines.truncate(5);
        if let Some(line) = lines.last_mut() {
            line.push('…');
        }
    }
    lines.into_iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

fn escaped(text: &str) -> String {
    let escape = |c: char| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&#39;".to_owned(),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_gives_the_same_poster_each_time_and_another_title_another() {
        assert_eq!(draw("Winter Lights", "Hall"), draw("Winter Lights", "Hall"));
        assert_ne!(draw("Winter Lights", "Hall"), draw("Summer Lights", "Hall"));
    }

    #[test]
    fn nothing_of_a_title_is_markup() {
        let poster = draw("<script>&\"'", "</svg><a href='x'>");
        assert!(!draw_bare("Winter Lights").contains("<text") && draw_bare("A").ends_with("</svg>"));
        assert!(poster.contains("&lt;script&gt;&amp;&quot;&#39;"));
        assert!(
            !poster.contains("<script") && !poster.contains("<a ") && poster.matches("</svg>").count() == 1
        );
    }

    #[test]
    fn long_titles_are_wrapped_and_cut() {
        assert_eq!(wrapped("Quartet by Candlelight"), ["Quartet by", "Candlelight"]);
        assert!(wrapped(&"가나다라마바사아자차카타파하".repeat(14)).len() <= 5);
        assert_eq!(wrapped("겨울밤의 빛"), ["겨울밤의 빛"]);
    }
}
