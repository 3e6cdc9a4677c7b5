//! A target of the fuzzer: captures, as the lab's judge reads them.

use crate::air::Capture;

/// A capture. What is read piece by piece is what is read at once.
pub fn target(data: &[u8]) {
    let at_once = Capture::read(data);
    for frame in at_once.iter().flatten() {
        let _ = (frame.status(), frame.is_success(), frame.channel());
        let elements: usize = frame.elements().map(|element| 2 + element.body.len()).sum();
        assert!(elements <= frame.body.len());
        assert!(
            frame
                .ssid()
                .is_none_or(|ssid| (1..=255).contains(&ssid.len()))
        );
    }
    let mut capture = Capture::default();
    let mut frames = 0;
    for piece in data.chunks(19) {
        capture.feed(piece);
        while let Ok(Some(frame)) = capture.next_frame() {
            frames += 1;
            assert_eq!(frame.number, frames);
        }
    }
    assert!(at_once.is_err() || at_once.is_ok_and(|all| all.len() == frames));
}
