use std::path::Path;

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use nix::unistd::Uid;
use serde_json::{Value, json};

/// A window of a browser with a profile of its own: what one window keeps, no other knows.
#[derive(Debug, Clone)]
pub struct Window {
    pub(super) client: Client,
    pub(super) site: String,
}

/// How a window is set up, where it matters.
#[derive(Debug, Clone, Copy)]
pub struct WindowOptions {
    /// The language that its person reads.
    pub language: &'static str,
    /// Whether it runs scripts.
    pub scripts: bool,
    /// Its width and height in pixels.
    pub size: (u32, u32),
    /// Whether it has a camera, which its pages may use: it shows a moving picture of no code.
    pub camera: bool,
}

impl Default for WindowOptions {
    fn default() -> Self {
        Self { language: "en", scripts: true, size: (1_280, 900), camera: false }
    }
}

/// The colours that somebody prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Window {
    pub(super) async fn open_first(driver: &str, browser: &Path, site: &str, options: WindowOptions) -> Self {
        let WindowOptions { language, scripts, size: (width, height), camera } = options;
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-background-networking".to_owned(),
            "--no-proxy-server".to_owned(),
            "--hide-scrollbars".to_owned(),
            format!("--window-size={width},{height}"),
            format!("--lang={language}"),
        ];
        if camera {
            let faked = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
            arguments.extend(faked.map(str::to_owned));
        }
        if Uid::effective().is_root() {
            // Chromium's sandbox does not let root in.
            arguments.push("--no-sandbox".to_owned());
        }
        let refused = 2;
        let mut preferences = json!({"intl.accept_languages": language});
        if !scripts {
            preferences["profile.managed_default_content_settings.javascript"] = refused.into();
        }
        let wanted = json!({
            "goog:chromeOptions": {"binary": browser, "args": arguments, "prefs": preferences},
            "goog:loggingPrefs": {"browser": "ALL"},
        });
        let wanted: Capabilities = wanted.as_object().unwrap().clone();
        let client =
            ClientBuilder::new(HttpConnector::new()).capabilities(wanted).connect(driver).await.unwrap();
        let window = Self { client, site: site.to_owned() };
        window.resize(width, height).await;
        window
    }

    /// Opens a page.
    pub async fn open(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.site)).await.unwrap();
    }

    /// The path and query of the page.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.unwrap();
        url[url::Position::BeforePath..].to_owned()
    }

    /// Closes the tab, and keeps the browser with what it remembers. Gives a tab that nobody has used.
    pub async fn close_tab(&self) {
        let next = self.client.new_window(true).await.unwrap().handle;
        self.client.close_window().await.unwrap();
        self.client.switch_to_window(next).await.unwrap();
    }

    /// Makes the page so wide and high.
    pub async fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Prefers light or dark colours, and that nothing moves.
    pub async fn prefer(&self, scheme: Scheme) {
        let colours = if scheme == Scheme::Light { "light" } else { "dark" };
        let features = json!([
            {"name": "prefers-color-scheme", "value": colours},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features})).await;
    }

    /// Lets nothing through to addresses like these, of which stars stand for anything, and everything to others.
    pub async fn block(&self, addresses: &[&str]) {
        self.devtools("Network.enable", json!({})).await;
        self.devtools("Network.setBlockedURLs", json!({"urls": addresses})).await;
    }

    /// Runs a script before those of every page that is opened from now on.
    pub async fn run_first(&self, script: &str) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": script})).await;
    }

    /// Runs a script on the page.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap()
    }

    /// Runs a script on the page that calls its last argument when it is done.
    pub async fn run_until_done(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute_async(script, arguments).await.unwrap()
    }

    /// What it looks like, as a PNG.
    pub async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.unwrap()
    }
}
