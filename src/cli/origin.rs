//! The origin of a value as JSON.

use crate::json::Json;
use macveil_core::address::Origin;

pub(super) fn to_json(origin: &Origin) -> Json {
    match origin {
        Origin::BuiltIn | Origin::Arguments => Json::Null,
        Origin::Line { file, line, column } => Json::Object(vec![
            ("file", Json::text(file)),
            ("line", number(*line)),
            ("column", number(*column)),
        ]),
    }
}

pub(super) fn number(number: usize) -> Json {
    Json::Number(u64::try_from(number).unwrap_or(u64::MAX))
}
