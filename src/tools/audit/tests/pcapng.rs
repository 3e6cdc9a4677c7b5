//! Records and blocks, whole and damaged.

use super::*;

/// A little-endian pcapng file with one interface, whose packets are cut to five bytes, and the block.
fn pcapng_with(kind: u32, body: &[u8]) -> Vec<u8> {
    let section = [&[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0][..], &[0xff; 8]].concat();
    let interface = [127, 0, 0, 0, 5, 0, 0, 0];
    let block = |kind: u32, body: &[u8]| {
        let padded = body.len().next_multiple_of(4);
        let size = u32::try_from(12 + padded).unwrap().to_le_bytes();
        let padding = vec![0; padded - body.len()];
        [&kind.to_le_bytes()[..], &size, body, &padding, &size].concat()
    };
    let blocks = [(0x0a0d_0d0a, &section[..]), (1, &interface), (kind, body)];
    blocks.map(|(kind, body)| block(kind, body)).concat()
}

fn first_packet(file: &[u8]) -> Result<(Micros, bool, Vec<u8>), CaptureError> {
    let mut capture = Capture::new(file)?;
    let packet = capture.next_packet()?.unwrap();
    Ok((packet.at, packet.is_truncated, packet.bytes.to_vec()))
}

/// The body of an enhanced packet of five bytes: interface, time, lengths, data.
fn enhanced_packet(interface: [u8; 4], captured: u8) -> Vec<u8> {
    let lengths = [captured, 0, 0, 0, 9, 0, 0, 0];
    [
        &interface[..],
        &[0, 0, 0, 0, 7, 0, 0, 0],
        &lengths,
        b"frame",
    ]
    .concat()
}

#[test]
fn pcapng_packet_blocks_have_data_without_padding() {
    let expected = (7, true, b"frame".to_vec());
    let enhanced = pcapng_with(6, &enhanced_packet([0; 4], 5));
    assert_eq!(first_packet(&enhanced).unwrap(), expected);
    // The obsolete block counts drops in the upper half of the interface.
    let obsolete = pcapng_with(2, &enhanced_packet([0, 0, 3, 0], 5));
    assert_eq!(first_packet(&obsolete).unwrap(), expected);
    let simple = pcapng_with(3, b"\x09\0\0\0frame");
    assert_eq!(first_packet(&simple).unwrap(), (0, true, expected.2));
}

#[test]
fn pcapng_packet_of_unknown_interface_is_damage() {
    for (kind, interface) in [(6, [1, 0, 0, 0]), (2, [1, 0, 0, 0]), (6, [0, 0, 1, 0])] {
        let file = pcapng_with(kind, &enhanced_packet(interface, 5));
        assert!(matches!(
            first_packet(&file),
            Err(CaptureError::Damaged(48))
        ));
    }
}

#[test]
fn pcapng_packet_longer_than_its_block_is_damage() {
    for kind in [6, 2] {
        let file = pcapng_with(kind, &enhanced_packet([0; 4], 9));
        assert!(matches!(
            first_packet(&file),
            Err(CaptureError::Damaged(48))
        ));
    }
}

#[test]
fn records_are_read_up_to_the_limit_and_refused_above_it() {
    let packet = |length: u32| {
        let mut file = Air::new().pcap();
        for number in [0, 0, length, length] {
            file.extend(number.to_le_bytes());
        }
        file.resize(file.len() + length as usize, 1);
        first_packet(&file).map(|(_, _, bytes)| bytes.len())
    };
    assert_eq!(packet(256 * 1024).unwrap(), 256 * 1024);
    assert!(matches!(
        packet(256 * 1024 + 1),
        Err(CaptureError::Damaged(24))
    ));
    let other_block = |size: usize| pcapng_with(0xbad_f00d, &vec![0; size - 12]);
    let end = |file: &[u8]| Capture::new(file)?.next_packet().map(|it| it.is_none());
    assert!(end(&other_block(16 * 1024 * 1024)).unwrap());
    let error = end(&other_block(16 * 1024 * 1024 + 4)).unwrap_err();
    assert!(matches!(error, CaptureError::Damaged(48)));
}

#[test]
fn pcapng_resolutions_are_powers_of_ten_and_two() {
    let at = |resolution: u8| {
        let mut file = clean().pcapng();
        let option = 28 + 16 + 4;
        assert_eq!(file[option], 9);
        file[option] = resolution;
        first_packet(&file).unwrap().0
    };
    let nanoseconds = at(9) * 1000;
    assert_eq!(at(6), nanoseconds);
    assert_eq!(
        at(0x80 | 0x14),
        u64::try_from((u128::from(nanoseconds) * 1_000_000) >> 20).unwrap()
    );
}
