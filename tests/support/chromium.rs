//! Looks at a page in real Chromium, at some width, light and dark.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

/// What Chromium made of a page.
#[derive(Debug)]
pub(crate) struct Look {
    /// Width of the content and of the window, in pixels.
    pub(crate) content_width: u64,
    pub(crate) window_width: u64,
    /// Charts that take up room.
    pub(crate) charts: u64,
    /// How many of the figures at the top stand in each row: `2+2`.
    pub(crate) cards: String,
    /// Background of the page, as CSS has it.
    pub(crate) background: String,
    pub(crate) title: String,
}

/// Opens `page` in a frame of `width` pixels: headless windows have a least width of their own.
pub(crate) fn look(page: &Path, width: u32, dark: bool) -> Look {
    let temp = tempfile::tempdir().unwrap();
    let frame = temp.path().join("frame.html");
    let html = format!(
        r"<!doctype html><body><iframe id=f src='file://{}' style='width:{width}px;height:900px'></iframe>
<script>
f.onload = () => {{
  const d = f.contentDocument;
  const charts = [...d.querySelectorAll('svg')].filter(s => s.getBoundingClientRect().height > 50);
  const rows = new Map();
  for (const card of d.querySelectorAll('.cards li')) {{
    const top = card.getBoundingClientRect().top;
    rows.set(top, (rows.get(top) ?? 0) + 1);
  }}
  const pre = document.createElement('pre');
  pre.id = 'look';
  pre.textContent = [d.documentElement.scrollWidth, d.documentElement.clientWidth, charts.length,
    [...rows.values()].join('+'), getComputedStyle(d.body).backgroundColor, d.title].join('|');
  document.body.append(pre);
}};
</script>",
        page.display()
    );
    std::fs::write(&frame, html).unwrap();
    let output = Command::new(program())
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--allow-file-access-from-files",
        ])
        .arg(format!(
            "--blink-settings=preferredColorScheme={}",
            u8::from(!dark)
        ))
        .arg(format!(
            "--user-data-dir={}",
            temp.path().join("profile").display()
        ))
        .args(["--virtual-time-budget=10000", "--dump-dom"])
        .arg(format!("file://{}", frame.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    let seen = dom
        .split_once("<pre id=\"look\">")
        .and_then(|(_, rest)| rest.split_once("</pre>"))
        .unwrap_or_else(|| {
            panic!(
                "Chromium saw nothing:\n{}",
                String::from_utf8_lossy(&output.stderr)
            )
        })
        .0;
    let parts: Vec<&str> = seen.splitn(6, '|').collect();
    let number = |i: usize| parts[i].parse().unwrap();
    Look {
        content_width: number(0),
        window_width: number(1),
        charts: number(2),
        cards: parts[3].to_owned(),
        background: parts[4].to_owned(),
        title: parts[5].to_owned(),
    }
}

fn program() -> &'static str {
    let found = |name: &&str| Command::new(name).arg("--version").output().is_ok();
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(found)
        .expect("Chromium is not installed: apt-get install chromium")
}
