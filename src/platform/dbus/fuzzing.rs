//! Targets of a fuzzer.

use super::message::Message;

/// A stream of messages: each is taken whole, and its body can be walked through as anything.
pub(crate) fn messages(data: &[u8]) {
    let mut received = data.to_vec();
    loop {
        let before = received.len();
        match Message::take(&mut received) {
            Ok(Some(message)) => {
                assert!(received.len() < before);
                let _ = message.body().properties(|_, _| {});
                let _ = message.body().array(8, |entry| {
                    entry.text()?;
                    entry.properties(|_, _| {})
                });
            }
            Ok(None) => {
                assert_eq!(received.len(), before);
                break;
            }
            Err(_) => break,
        }
    }
}
