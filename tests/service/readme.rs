//! The README's commands do what it says: they are pasted into a shell, beside a service that has just been started, and
//! the answers that the page shows are those that come.

use std::fs;
use std::path::Path;
use std::process::Command;

use nix::sys::signal::Signal;
use seatline_tests::{Binary, Running, data_folder};
use serde_json::Value;

/// The parts of the page that are run, one after the other in one shell.
const PARTS: [&str; 2] = ["## From \"I want a seat\" to \"it is mine\"", "## Selling a concert of your own"];
/// What the page says of a service that was started as root, in the usual place.
const USUAL: [&str; 2] = ["http://127.0.0.1:8080", "/var/lib/seatline/"];
/// Ends what one block prints.
const END: char = '\u{1e}';

/// Commands to paste, and the answers that the page shows below them, if any.
#[derive(Debug, Default)]
struct Block {
    commands: String,
    answers: Option<String>,
}

/// The blocks of a part of a page, up to the next part.
fn blocks(page: &str, heading: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut fence = None;
    for line in page.lines().skip_while(|line| *line != heading).skip(1) {
        match (fence, line) {
            (None, line) if line.starts_with("## ") => break,
            (None, "```sh") => {
                blocks.push(Block::default());
                fence = Some("sh");
            }
            (None, "```json") => {
                blocks.last_mut().unwrap().answers = Some(String::new());
                fence = Some("json");
            }
            (Some(_), "```") => fence = None,
            (Some(language), line) => {
                let block = blocks.last_mut().unwrap();
                let text =
                    if language == "sh" { &mut block.commands } else { block.answers.as_mut().unwrap() };
                text.push_str(line);
                text.push('\n');
            }
            (None, _) => {}
        }
    }
    blocks
}

fn values(text: &str) -> Vec<Value> {
    let values: Result<_, _> = serde_json::Deserializer::from_str(text).into_iter().collect();
    assert!(values.is_ok(), "{values:?}: {text}");
    values.unwrap()
}

/// What is shown of an answer and does not come: fields, or values of another type. Answers may have more fields.
fn made_up(shown: &Value, came: &Value, place: &str) -> Vec<String> {
    match (shown, came) {
        (Value::Object(shown), Value::Object(came)) => {
            let fields = shown.iter().flat_map(|(name, shown)| {
                let place = format!("{place}.{name}");
                came.get(name).map_or_else(|| vec![place.clone()], |came| made_up(shown, came, &place))
            });
            fields.collect()
        }
        (Value::Array(shown), Value::Array(came)) if shown.len() == came.len() => {
            let items = shown.iter().zip(came).enumerate();
            items
                .flat_map(|(index, (shown, came))| made_up(shown, came, &format!("{place}[{index}]")))
                .collect()
        }
        (Value::String(_), Value::String(_)) => Vec::new(),
        (shown, came) if shown == came => Vec::new(),
        (shown, came) => vec![format!("{place}: {came}, not {shown}")],
    }
}

async fn serve(data: &Path) -> Running {
    let data = data.to_str().unwrap().to_owned();
    let serving = tokio::task::spawn_blocking(move || {
        let defaults = [("SEATLINE_RATE_LIMITS", "on")];
        let elsewhere = [("SEATLINE_DATA_DIR", data.as_str()), ("SEATLINE_LISTEN", "127.0.0.1:0")];
        Binary::serve(defaults.into_iter().chain(elsewhere))
    });
    serving.await.unwrap()
}

/// Runs commands in one shell, which ends at the first that fails.
async fn paste(script: String) -> String {
    let shell = || Command::new("bash").args(["-euo", "pipefail", "-c"]).arg(script).output().unwrap();
    let output = tokio::task::spawn_blocking(shell).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journey_and_the_operators_part_do_what_they_say() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let blocks: Vec<_> = PARTS.into_iter().flat_map(|heading| blocks(&page, heading)).collect();
    assert!(blocks.len() >= 10, "the blocks were not found: {blocks:?}");
    let data = data_folder();
    let running = serve(&data.path().join("data")).await;
    let here = [format!("http://{}", running.address()), format!("{}/data/", data.path().display())];
    let end = format!("printf '{END}'\n");
    let mut script: String = blocks.iter().flat_map(|block| [block.commands.as_str(), &end]).collect();
    for (usual, here) in USUAL.into_iter().zip(&here) {
        assert!(script.contains(usual), "{usual}");
        script = script.replace(usual, here);
    }
    let said = paste(script).await;
    let came: Vec<_> = said.split_terminator(END).map(values).collect();
    assert_eq!(came.len(), blocks.len());
    for (block, came) in blocks.iter().zip(&came) {
        for answer in came {
            assert_eq!(answer["code"], Value::Null, "refused: {answer} to {}", block.commands);
        }
        let Some(shown) = block.answers.as_deref().map(values) else { continue };
        assert_eq!(came.len(), shown.len(), "{} answers {came:?}", block.commands);
        for (shown, came) in shown.iter().zip(came) {
            assert_eq!(made_up(shown, came, ""), [""; 0], "{} answers {came}", block.commands);
        }
    }
    let tickets = came.iter().flatten().filter(|answer| answer["state"] == "COMPLETED").count();
    assert_eq!(tickets, 2, "Ada's and the operator's first");
    let ended = tokio::task::spawn_blocking(move || running.end_with(Signal::SIGTERM)).await.unwrap();
    assert_eq!(ended.0, Some(0), "{}", ended.1);
}

#[test]
fn what_does_not_come_is_found() {
    let shown = values(r#"{"a": "x", "b": [1, 2], "c": {"d": null}} 7"#);
    let came = |text: &str| made_up(&shown[0], &values(text)[0], "");
    assert_eq!(came(r#"{"a": "y", "b": [1, 2], "c": {"d": null}, "more": 1}"#), [""; 0]);
    assert_eq!(came(r#"{"b": [1, 3], "c": {}}"#), [".a", ".b[1]: 3, not 2", ".c.d"]);
    assert_eq!(came(r#"{"a": 1, "b": [1], "c": {"d": 0}}"#).len(), 3);
}
