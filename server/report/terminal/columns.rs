//! Columns of a terminal: what a text takes of them, and which part of a long line is shown.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

/// How far tab stops lie apart.
pub(super) const TAB: usize = 4;

/// What stands where a part of a line is left out.
pub(super) const MARK: &str = "…";

/// The columns of a character; a tab takes as many as it ever may.
fn width_of(character: char) -> usize {
    match character {
        '\t' => TAB,
        character => character.width().unwrap_or(0),
    }
}

/// The columns of a text.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

/// The part of a line that is shown in so many columns, marks included: around the first of the places in it, and the
/// others too if there is room, so that `tail` columns are left behind them if possible. Nothing if all of the line has
/// room.
pub(super) fn window(
    line: &str,
    places: &[Range<usize>],
    tail: usize,
    room: usize,
) -> Option<Range<usize>> {
    if width(line) <= room {
        return None;
    }
    let room = room.saturating_sub(2 * width(MARK));
    let focus = focus(line, places, room);
    let taken = width(line.get(focus.clone()).unwrap_or_default());
    let spare = if taken < room {
        let left = room - taken;
        (left / 2).min(left.saturating_sub(tail))
    } else {
        room / 8
    };
    let start = before(line, focus.start, spare);
    let end = after(line, start, room);
    // At the line's end there is more room in front.
    let used = |end: usize| width(line.get(start..end).unwrap_or_default());
    let rest = room.saturating_sub(used(end).max(used(focus.end) + tail));
    let start = if end == line.len() {
        before(line, start, rest)
    } else {
        start
    };
    // No mark stands for a part that is narrower than it.
    let start = if width(line.get(..start).unwrap_or_default()) <= width(MARK) {
        0
    } else {
        start
    };
    Some(start..end)
}

/// What must be seen: all places if they have room together, else the first.
fn focus(line: &str, places: &[Range<usize>], room: usize) -> Range<usize> {
    let first = places.first().cloned().unwrap_or(0..0);
    let start = places.iter().map(|it| it.start).min().unwrap_or(0);
    let end = places.iter().map(|it| it.end).max().unwrap_or(0);
    let all = start..end.min(line.len());
    let has_room = |range: &Range<usize>| line.get(range.clone()).map(width) <= Some(room);
    if has_room(&all) { all } else { first }
}

/// The offset that lies at most so many columns before another one. Marks that combine stay with their letter.
fn before(line: &str, offset: usize, columns: usize) -> usize {
    let mut left = columns;
    let mut found = offset;
    for (index, character) in line.get(..offset).unwrap_or_default().char_indices().rev() {
        let width = width_of(character);
        if width > left {
            break;
        }
        left -= width;
        if width > 0 || index == 0 {
            found = index;
        }
    }
    found
}

/// The offset that lies at most so many columns behind another one, with the marks that combine with the last letter.
fn after(line: &str, offset: usize, columns: usize) -> usize {
    let mut left = columns;
    for (index, character) in line.get(offset..).unwrap_or_default().char_indices() {
        let width = width_of(character);
        if width > left {
            return offset + index;
        }
        left -= width;
    }
    line.len()
}

/// The lines of a text, none wider than `room` where a blank allows it. What stands in back-ticks is to be pasted, and
/// stays together.
pub(super) fn wrapped(text: &str, room: usize) -> String {
    let lines = text.lines().map(|line| wrapped_line(line, room));
    lines.collect::<Vec<_>>().join("\n")
}

fn wrapped_line(line: &str, room: usize) -> String {
    let mut text = String::new();
    let mut taken = 0;
    for (index, word) in words(line).into_iter().enumerate() {
        let width = width(word);
        if index > 0 {
            if taken + 1 + width > room {
                text.push('\n');
                taken = 0;
            } else {
                text.push(' ');
                taken += 1;
            }
        }
        text.push_str(word);
        taken += width;
    }
    text
}

/// The parts between blanks that are not in back-ticks; a back-tick without another one is a letter.
fn words(line: &str) -> Vec<&str> {
    let pairs = line.matches('`').count() / 2 * 2;
    let mut ticks = 0;
    let mut start = 0;
    let mut words = Vec::new();
    for (index, character) in line.char_indices() {
        match character {
            '`' if ticks < pairs => ticks += 1,
            ' ' if ticks % 2 == 0 => {
                words.push(line.get(start..index).unwrap_or_default());
                start = index + 1;
            }
            _ => {}
        }
    }
    words.push(line.get(start..).unwrap_or_default());
    words
}

#[cfg(test)]
#[expect(
    clippy::single_range_in_vec_init,
    reason = "a list of places may have one"
)]
mod tests {
    use super::{width, window, wrapped};

    /// The part that is shown around a place.
    fn shown<'a>(line: &'a str, place: &str, room: usize) -> &'a str {
        let start = line.find(place).expect("the place is in the line");
        let place = start..start + place.len();
        let window = window(line, &[place], 0, room).unwrap_or(0..line.len());
        line.get(window).expect("whole characters")
    }

    #[test]
    fn a_line_with_room_is_not_cut() {
        assert_eq!(window("abc", &[0..1], 0, 3), None);
        assert_eq!(window("", &[], 0, 0), None);
    }

    #[test]
    fn a_window_lies_around_the_place() {
        let line = "0123456789abcdefghijklmnopqrstuvwxyz";
        assert_eq!(shown(line, "g", 9), "defghij");
        assert_eq!(shown(line, "0", 9), "0123456");
        assert_eq!(shown(line, "z", 9), "tuvwxyz");
        assert_eq!(shown(line, "456789abcdefghij", 10), "3456789a");
    }

    #[test]
    fn a_window_holds_all_places_that_have_room() {
        let line = "0123456789abcdefghijklmnopqrstuvwxyz";
        assert_eq!(window(line, &[20..21, 15..16], 0, 12), Some(13..23));
        assert_eq!(window(line, &[20..21, 2..3], 0, 12), Some(16..26));
    }

    #[test]
    fn a_window_leaves_room_for_what_is_said_behind_the_place() {
        let line = "0123456789abcdefghijklmnopqrstuvwxyz";
        assert_eq!(window(line, &[20..21], 8, 12), Some(19..29));
        assert_eq!(window(line, &[35..36], 6, 12), Some(32..36));
        assert_eq!(window(line, &[20..21], 99, 12), Some(20..30));
    }

    #[test]
    fn a_window_does_not_part_letters() {
        let line = "日本語日本語日本語日本語";
        let part = shown(line, "語日本語日", 10);
        assert!(width(part) <= 8, "{part}");
        let line =
            "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}Xe\u{301}e\u{301}e\u{301}e\u{301}e\u{301}";
        assert_eq!(shown(line, "X", 7), "e\u{301}e\u{301}Xe\u{301}e\u{301}");
    }

    #[test]
    fn no_room_is_no_panic() {
        for room in 0..4 {
            let window = window("日本語abc", &[3..6], 0, room).expect("a window");
            assert!("日本語abc".get(window).is_some());
        }
    }

    #[test]
    fn text_is_wrapped_at_blanks_and_not_in_back_ticks() {
        assert_eq!(wrapped("aa bb cc", 5), "aa bb\ncc");
        assert_eq!(wrapped("aa bb", 1), "aa\nbb");
        assert_eq!(wrapped("say `a b c` now", 8), "say\n`a b c`\nnow");
        assert_eq!(wrapped("a lone ` is no pair", 10), "a lone `\nis no pair");
        assert_eq!(wrapped("日本 語日", 6), "日本\n語日");
        assert_eq!(wrapped("a\nb", 9), "a\nb");
    }
}
