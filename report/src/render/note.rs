//! Notes, which are Markdown already, as HTML in which nothing is loaded or run.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// The note as HTML: tags in it are text, images their descriptions, and a link leads to the web or
/// nowhere.
pub(super) fn note(markdown: &str) -> String {
    let mut out = String::new();
    html::push_html(
        &mut out,
        Parser::new_ext(markdown, Options::ENABLE_TABLES).filter_map(harmless),
    );
    out
}

fn harmless(event: Event<'_>) -> Option<Event<'_>> {
    Some(match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => {
            let web = dest_url.starts_with("https://") || dest_url.starts_with("http://");
            Event::Start(Tag::Link {
                link_type,
                dest_url: if web { dest_url } else { "#".into() },
                title,
                id,
            })
        }
        // The headings of the report are above those of a note.
        Event::Start(Tag::Heading { .. }) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Paragraph),
        event => event,
    })
}

#[cfg(test)]
mod tests {
    use super::note;

    #[test]
    fn nothing_in_a_note_is_loaded_or_run() {
        for (markdown, html) in [
            ("A **bold** word", "<p>A <strong>bold</strong> word</p>\n"),
            ("# Title", "<p>Title</p>\n"),
            (
                "<script>alert(1)</script>",
                "&lt;script&gt;alert(1)&lt;/script&gt;",
            ),
            (
                "a <b onclick=x>b</b>",
                "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n",
            ),
            ("![alt](http://x/y.png)", "<p>alt</p>\n"),
            ("[a](javascript:x)", "<p><a href=\"#\">a</a></p>\n"),
            ("[a](https://x/)", "<p><a href=\"https://x/\">a</a></p>\n"),
        ] {
            assert_eq!(note(markdown), html, "{markdown}");
        }
    }
}
