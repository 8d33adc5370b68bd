/// Prints a rate.
pub(crate) fn rate(what: &str, per_second: f64) {
    println!("{what:<66} {per_second:>12.0} /s");
}

/// Prints how two figures compare that must not be less than so much.
pub(crate) fn at_least(what: &str, ratio: f64, least: f64) {
    let verdict = if ratio >= least { "reached" } else { "MISSED" };
    println!("{what:<66} {ratio:>12.2} ×  ({verdict}: at least {least})");
}

/// Prints how two figures compare that must not be more than so much.
pub(crate) fn at_most(what: &str, ratio: f64, most: f64) {
    let verdict = if ratio <= most { "reached" } else { "MISSED" };
    println!("{what:<66} {ratio:>12.2} ×  ({verdict}: at most {most})");
}

/// The one in the middle.
pub(crate) fn median(figures: &[f64]) -> f64 {
    let mut figures = figures.to_vec();
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// How figures compare with others that were taken in the same turns.
pub(crate) fn ratio(figures: &[f64], others: &[f64]) -> f64 {
    median(&figures.iter().zip(others).map(|(figure, other)| figure / other).collect::<Vec<_>>())
}
