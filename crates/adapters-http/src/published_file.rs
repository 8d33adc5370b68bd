//! Files under `docs/api` that are written from the code.

use std::path::Path;

/// Makes sure that a published file is what the code says it is; writes it instead when `SEATLINE_BLESS` is set.
pub(crate) fn assert_current(name: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api").join(name);
    if std::env::var_os("SEATLINE_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, expected).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == expected,
        "docs/api/{name} is out of date; SEATLINE_BLESS=1 cargo test -p seatline-adapters-http writes it again"
    );
}
