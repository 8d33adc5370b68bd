use std::fmt::Write;

use super::Code;

/// The page at `/docs/errors`, to which the `type` of every problem points.
pub(crate) fn errors_page() -> String {
    let mut page = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Seatline: errors</title>\n\
         <style>body{font-family:system-ui,sans-serif;line-height:1.5;max-width:46rem;margin:2rem auto;padding:0 1rem}\
         section:target{background:#fff6d6}code{background:#f2f2f2;padding:0 .2em}</style>\n</head>\n<body>\n\
         <h1>Errors</h1>\n<p>Every error is <code>application/problem+json</code>. Its <code>type</code> points here; \
         its <code>code</code> never changes. See also the <a href=\"/docs/\">operations</a>.</p>\n",
    );
    for code in Code::ALL {
        let _ = writeln!(
            page,
            "<section id=\"{name}\">\n<h2>{status} <code>{name}</code></h2>\n<p><strong>{title}.</strong> {meaning}</p>\n\
             <p>{remedy}</p>\n</section>",
            name = code.as_str(),
            status = code.status().as_u16(),
            title = escaped(code.title()),
            meaning = escaped(code.meaning()),
            remedy = escaped(code.remedy()),
        );
    }
    page.push_str("</body>\n</html>\n");
    page
}

/// Escapes text for HTML and sets what stands between backticks as code.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.split('`').enumerate().fold(String::new(), |mut html, (index, part)| {
        if index > 0 {
            html.push_str(if index % 2 == 1 { "<code>" } else { "</code>" });
        }
        html.push_str(part);
        html
    })
}

/// The list in `docs/api/errors.md`.
#[cfg(test)]
pub(crate) fn errors_markdown() -> String {
    let mut page = String::from(
        "# Errors\n\nEvery error is `application/problem+json` (RFC 9457): `type`, `title`, `status`, `detail`, \
         `instance`, `code`, `requestId`, and the fields that help with the code. `code` never changes once published. \
         A running service shows this list at `/docs/errors`, to which `type` points.\n\n\
         This file is written from the catalogue in `crates/adapters-http/src/problem/catalogue.rs`; \
         `SEATLINE_BLESS=1 cargo test -p seatline-adapters-http` writes it again.\n\n\
         | status | code | what it means | what to do |\n|---|---|---|---|\n",
    );
    for code in Code::ALL {
        let _ = writeln!(
            page,
            "| {} | `{}` | {} | {} |",
            code.status().as_u16(),
            code.as_str(),
            code.meaning(),
            code.remedy()
        );
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_place_on_the_page() {
        let page = errors_page();
        for code in Code::ALL {
            assert!(page.contains(&format!("<section id=\"{}\">", code.as_str())), "{code:?}");
        }
        assert!(!page.contains('`'), "backticks come in pairs");
    }

    #[test]
    fn the_published_list_is_the_catalogue() {
        crate::published_file::assert_current("errors.md", &errors_markdown());
    }
}
