use std::env::var_os;
use std::io::Write;
use std::path::PathBuf;

/// The programs that a real browser is made of.
pub(super) struct Programs {
    pub(super) browser: PathBuf,
    pub(super) driver: PathBuf,
}

/// What they are called, in the order in which they are looked for.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const DRIVER: &str = "chromedriver";

impl Programs {
    /// Finds both, or says how to get them. Nothing, said loudly, where `SEATLINE_BROWSER` is `none`.
    pub(super) fn find() -> Option<Self> {
        if var_os("SEATLINE_BROWSER").is_some_and(|choice| choice == "none") {
            // Past the test runner, which keeps for itself what passing tests print.
            let mut terminal = std::io::stderr();
            let _ = writeln!(terminal, "\nSKIPPED: SEATLINE_BROWSER is none, nothing was tried in a browser");
            return None;
        }
        let browser = BROWSERS.into_iter().find_map(in_path);
        let (Some(browser), Some(driver)) = (browser, in_path(DRIVER)) else {
            panic!(
                "no Chromium with its chromedriver in PATH. `script/setup --tests` installs them where there is apt, \
                 dnf or brew; SEATLINE_BROWSER=none skips what needs them"
            )
        };
        Some(Self { browser, driver })
    }
}

fn in_path(name: &str) -> Option<PathBuf> {
    let folders = var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}
