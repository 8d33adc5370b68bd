//! Gives every asset a name with its content's hash, and compresses it, so that nothing of that is done while it is served.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// Hexadecimal digits of a hash in a name.
const DIGITS: usize = 12;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=texts");
    println!("cargo::rerun-if-changed=templates");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    let mut sources = BTreeMap::new();
    for entry in fs::read_dir("assets")? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).ok_or("a name that is no text")?;
        if [".css", ".js", ".svg"].iter().any(|extension| name.ends_with(extension)) {
            sources.insert(name.to_owned(), fs::read_to_string(&path)?);
        }
    }
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    let mut table = String::from("&[\n");
    while named.len() < sources.len() {
        let before = named.len();
        for (name, source) in &sources {
            let imported: Vec<&String> = sources.keys().filter(|other| imports(source, other)).collect();
            if named.contains_key(name) || !imported.iter().all(|other| named.contains_key(*other)) {
                continue;
            }
            // Modules name each other by what they are served as.
            let content = imported.iter().fold(source.clone(), |text, other| {
                let served = named.get(*other).map_or("", String::as_str);
                text.replace(&format!("\"./{other}\""), &format!("\"./{served}\""))
            });
            let served = served_name(name, &content)?;
            for (suffix, bytes) in
                [("", content.clone().into_bytes()), (".gz", gzip(&content)?), (".br", brotli(&content)?)]
            {
                fs::write(out.join(format!("{name}{suffix}")), bytes)?;
            }
            let file =
                |suffix: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}{suffix}\"))");
            writeln!(
                table,
                "    Asset {{ name: {name:?}, path: \"/assets/{served}\", plain: {}, gzip: {}, brotli: {} }},",
                file(""),
                file(".gz"),
                file(".br")
            )?;
            named.insert(name.clone(), served);
        }
        if named.len() == before {
            return Err("modules import each other in a ring".into());
        }
    }
    table.push(']');
    Ok(fs::write(out.join("assets.rs"), table)?)
}

fn imports(source: &str, other: &str) -> bool {
    source.contains(&format!("\"./{other}\""))
}

fn served_name(name: &str, content: &str) -> Result<String, Box<dyn Error>> {
    let (stem, extension) = name.rsplit_once('.').ok_or("a name without an extension")?;
    let mut digest = String::new();
    for byte in Sha256::digest(content).iter().take(DIGITS / 2) {
        write!(digest, "{byte:02x}")?;
    }
    Ok(format!("{stem}.{digest}.{extension}"))
}

fn gzip(content: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content.as_bytes())?;
    Ok(encoder.finish()?)
}

fn brotli(content: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut coded = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut content.as_bytes(), &mut coded, &parameters)?;
    Ok(coded)
}
