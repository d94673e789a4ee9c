//! Durations as Docker reads them.

/// The length of a duration such as `1m30s`, in nanoseconds; nothing of a text that is none.
pub fn nanoseconds(text: &str) -> Option<f64> {
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit() && it != '.')?;
        let (number, after) = rest.split_at_checked(digits)?;
        let end = after
            .find(|it: char| it.is_ascii_digit() || it == '.')
            .unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(end)?;
        let factor = match unit {
            "ns" => 1.0,
            "us" | "µs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 6e10,
            "h" => 3.6e12,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * factor;
        rest = next;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::nanoseconds;

    #[test]
    fn units_add_up() {
        assert_eq!(nanoseconds("1m30s"), nanoseconds("90s"));
        assert_eq!(nanoseconds("1.5h"), nanoseconds("90m"));
        assert_eq!(nanoseconds("30"), None);
        assert_eq!(nanoseconds("3 s"), None);
    }
}
