/// Prints a rate.
pub(crate) fn rate(what: &str, per_second: f64) {
    println!("{what:<58} {per_second:>12.0} /s");
}

/// Prints how two rates compare.
pub(crate) fn ratio(what: &str, ratio: f64, at_least: f64) {
    let verdict = if ratio >= at_least { "reached" } else { "MISSED" };
    println!("{what:<58} {ratio:>12.2} ×  ({verdict}: at least {at_least})");
}
