//! Editor features: functions from an analysis and an offset to plain data.
