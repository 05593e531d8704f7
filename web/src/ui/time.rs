use crate::ui::Lang;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use shared::time::UnixMs;

/// A time zone of the IANA database, which is compiled in.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

/// The configured time zone is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownZone(pub String);

impl std::fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "unknown time zone {:?}: expected a name such as America/Sao_Paulo",
            self.0
        )
    }
}

impl std::error::Error for UnknownZone {}

impl Zone {
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        TimeZone::get(name)
            .map(Self)
            .map_err(|_| UnknownZone(name.to_owned()))
    }

    pub fn sao_paulo() -> Self {
        Self::named("America/Sao_Paulo").expect("the time zone database is compiled in")
    }

    fn at(&self, ms: UnixMs) -> Zoned {
        Timestamp::from_millisecond(ms.0)
            .unwrap_or(if ms.0 < 0 {
                Timestamp::MIN
            } else {
                Timestamp::MAX
            })
            .to_zoned(self.0.clone())
    }
}

/// `14:32`
pub fn clock(ms: UnixMs, zone: &Zone) -> String {
    zone.at(ms).strftime("%H:%M").to_string()
}

/// `14:32:07`
pub fn clock_seconds(ms: UnixMs, zone: &Zone) -> String {
    zone.at(ms).strftime("%H:%M:%S").to_string()
}

/// `21/11/2026` or `21 Nov 2026`
pub fn date(ms: UnixMs, zone: &Zone, lang: Lang) -> String {
    let form = match lang {
        Lang::Pt => "%d/%m/%Y",
        Lang::En => "%-d %b %Y",
    };
    zone.at(ms).strftime(form).to_string()
}

/// The clock alone on the day of `now_ms`, else with its date.
pub fn when(ms: UnixMs, now_ms: UnixMs, zone: &Zone, lang: Lang) -> String {
    if zone.at(ms).date() == zone.at(now_ms).date() {
        return clock(ms, zone);
    }
    dated(ms, zone, lang)
}

/// The clock with its date, today's too.
pub fn dated(ms: UnixMs, zone: &Zone, lang: Lang) -> String {
    let (date, clock) = (date(ms, zone, lang), clock(ms, zone));
    match lang {
        Lang::Pt => format!("{date} às {clock}"),
        Lang::En => format!("{date}, {clock}"),
    }
}

/// Date and clock to the second, for records.
pub fn stamp(ms: UnixMs, zone: &Zone, lang: Lang) -> String {
    format!("{} {}", date(ms, zone, lang), clock_seconds(ms, zone))
}

/// For `<time datetime>`: `2026-11-21T17:32:07Z`
pub fn iso(ms: UnixMs) -> String {
    zone_utc().at(ms).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A length of time in its one or two largest units: `45 s`, `12 min`, `2 h 05 min`, `3 d 4 h`.
/// The units are written alike in both languages.
pub fn span(duration_ms: i64) -> String {
    let seconds = duration_ms.max(0) / 1000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match () {
        () if days > 0 && hours % 24 > 0 => format!("{days} d {} h", hours % 24),
        () if days > 0 => format!("{days} d"),
        () if hours > 0 => format!("{hours} h {:02} min", minutes % 60),
        () if minutes > 0 => format!("{minutes} min"),
        () => format!("{seconds} s"),
    }
}

/// What remains of a countdown: `9:05`.
pub fn remaining(duration_ms: i64) -> String {
    let seconds = duration_ms.max(0) / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn zone_utc() -> Zone {
    Zone(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    // 2026-11-21T17:32:07Z, 14:32:07 in São Paulo (UTC-3, no summer time since 2019).
    const NOW: UnixMs = UnixMs(1_795_282_327_000);

    #[test]
    fn times_are_written_in_sao_paulo() {
        let zone = Zone::sao_paulo();
        assert_eq!(clock(NOW, &zone), "14:32");
        assert_eq!(clock_seconds(NOW, &zone), "14:32:07");
        assert_eq!(date(NOW, &zone, Lang::Pt), "21/11/2026");
        assert_eq!(date(NOW, &zone, Lang::En), "21 Nov 2026");
        assert_eq!(iso(NOW), "2026-11-21T17:32:07Z");
        let yesterday = NOW.plus(-15 * 3_600_000);
        assert_eq!(when(NOW, NOW, &zone, Lang::Pt), "14:32");
        assert_eq!(when(yesterday, NOW, &zone, Lang::Pt), "20/11/2026 às 23:32");
        assert_eq!(when(yesterday, NOW, &zone, Lang::En), "20 Nov 2026, 23:32");
    }

    #[test]
    fn no_time_is_too_strange_to_write() {
        for ms in [i64::MIN, -1, 0, i64::MAX] {
            assert!(!clock(UnixMs(ms), &Zone::sao_paulo()).is_empty());
        }
        assert!(Zone::named("America/Sao_Paolo").is_err());
    }

    #[test]
    fn spans_are_short() {
        for (ms, text) in [
            (-5, "0 s"),
            (45_999, "45 s"),
            (12 * 60_000, "12 min"),
            (125 * 60_000, "2 h 05 min"),
            (3 * 86_400_000, "3 d"),
            (76 * 3_600_000, "3 d 4 h"),
        ] {
            assert_eq!(span(ms), text);
        }
        assert_eq!(remaining(545_999), "9:05");
    }
}
