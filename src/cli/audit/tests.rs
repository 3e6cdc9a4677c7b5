use clap::Parser;

use super::*;

/// A probe request with an assigned address, whose SSID contains terminal control sequences.
const HOSTILE: &[u8] = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x69\0\0\0\
    \x01\0\0\0\0\0\0\0\x20\0\0\0\x20\0\0\0\
    \x40\0\0\0\xff\xff\xff\xff\xff\xff\x9a\x11\x22\x33\x44\x55\xff\xff\xff\xff\xff\xff\x10\0\
    \0\x06\x1b[2J\"\n\
    \x03\0\0\0\0\0\0\0\x1c\0\0\0\x1c\0\0\0\
    \0\0\0\0\x02\0\0\0\x01\0\x9a\x11\x22\x33\x44\x55\x02\0\0\0\x01\0\x20\0\0\0\0\0";

#[derive(Debug, Parser)]
struct Command {
    #[command(flatten)]
    args: Args,
}

fn audit(bytes: &[u8], options: &[&str]) -> (Result<ExitCode, Failure>, String) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("air.pcap");
    fs::write(&file, bytes).unwrap();
    let words = ["audit", file.to_str().unwrap()].into_iter();
    let command = Command::try_parse_from(words.chain(options.iter().copied())).unwrap();
    let mut out = Vec::new();
    let result = run(&command.args, &mut out);
    (result, String::from_utf8(out).unwrap())
}

#[test]
fn text_lists_leaks_and_escapes_ssids() {
    let (result, text) = audit(HOSTILE, &[]);
    assert_eq!(result.unwrap(), ExitCode::from(NO));
    let expected = r#"VERDICT: leaks found

2 frames in 2.00 s: 1 address of stations, 0 access points

9a:11:22:33:44:55  locally administered, 0.00 to 2.00 s
  sent  1 probe request in 1 scan, 1 association request; with 02:00:00:00:01:00
  LEAK  probe request with an assigned address: 1, first at 0.00 s (frame 1)
  LEAK  probe request with an SSID: 1, first at 0.00 s (frame 1): "\x1b[2J\"\n"
  LEAK  probe request with an SSID and an assigned address: 1, first at 0.00 s (frame 1)

VERDICT: leaks found
  probe request with an assigned address: 1, addresses: 1
  probe request with an SSID: 1, addresses: 1
  probe request with an SSID and an assigned address: 1, addresses: 1
"#;
    assert_eq!(text, expected);
}

#[test]
fn json_lists_leaks_and_escapes_ssids() {
    let (result, text) = audit(HOSTILE, &["--json"]);
    assert_eq!(result.unwrap(), ExitCode::from(NO));
    let expected = r#"{"leaks":true,"frames":2,"lasted_us":2000000,"wrong_checksum":0,"truncated":0,"unreadable":0,"foreign":0,"not_followed":0,"partial":false,"ends_early":false,"access_points":0,"stations":[{"address":"9a:11:22:33:44:55","local":true,"first_us":0,"last_us":2000000,"probe_requests":1,"scans":1,"authentications":0,"association_requests":1,"data_frames":0,"goodbyes":0,"access_points":["02:00:00:00:01:00"],"names":["\\x1b[2J\\\"\\n"],"identifiers":[],"other_addresses":[],"beamforming_reports":0,"similar_cards":0,"cards":1,"revealed_bits":0.0,"uuids":[],"leaks":[{"kind":"assigned-address-in-probe","count":1,"at_us":0,"frame":1},{"kind":"network-named","count":1,"at_us":0,"frame":1},{"kind":"network-named-under-assigned-address","count":1,"at_us":0,"frame":1}],"notes":[]}],"links":[]}
"#;
    assert_eq!(text, expected);
}

#[test]
fn capture_without_station_says_so() {
    let (result, text) = audit(&HOSTILE[..24], &[]);
    assert_eq!(result.unwrap(), ExitCode::SUCCESS);
    let expected = "\nVERDICT: no leak found, but the capture contains no station\n";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn part_that_was_not_examined_has_its_own_status() {
    let mut many = HOSTILE[..24].to_vec();
    for number in 0..=crate::tools::audit::MAX_ADDRESSES {
        let [.., high, middle, low] = number.to_be_bytes();
        many.extend([1, 0, 0, 0, 0, 0, 0, 0, 26, 0, 0, 0, 26, 0, 0, 0]);
        many.extend([0x40, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        many.extend([0xd2, 7, 7, high, middle, low]);
        many.extend([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, low << 4, high, 0, 0]);
    }
    let (result, text) = audit(&many, &[]);
    assert_eq!(result.unwrap(), ExitCode::from(PARTIAL));
    assert!(
        text.ends_with("\nVERDICT: no leak found in the part that was examined\n"),
        "{text}"
    );
    let (result, _) = audit(&many[..24 + 42], &[]);
    assert_eq!(result.unwrap(), ExitCode::SUCCESS);
}

#[test]
fn invalid_capture_and_group_address_are_errors() {
    let (result, text) = audit(b"nothing of the kind", &[]);
    assert_eq!(result.unwrap_err().exit_code(), ExitCode::from(3));
    assert_eq!(text, "");
    let (result, _) = audit(HOSTILE, &["--permanent", "01:00:00:00:00:01"]);
    assert_eq!(result.unwrap_err().exit_code(), ExitCode::from(2));
}

#[test]
fn picture_is_written_but_never_over_the_capture() {
    let directory = tempfile::tempdir().unwrap();
    let picture = directory.path().join("air.svg");
    let (result, text) = audit(HOSTILE, &["--svg", picture.to_str().unwrap()]);
    assert_eq!(result.unwrap(), ExitCode::from(NO));
    assert!(text.contains("VERDICT: leaks found"));
    let drawn = fs::read_to_string(&picture).unwrap();
    assert!(drawn.starts_with("<svg ") && drawn.contains(">air.pcap</text>"));
    assert!(drawn.contains(">9a:11:22:33:44:55</text>"));

    let file = directory.path().join("air.pcap");
    fs::write(&file, HOSTILE).unwrap();
    let path = file.to_str().unwrap();
    let command = Command::try_parse_from(["audit", path, "--svg", path]).unwrap();
    let failure = run(&command.args, &mut Vec::new()).unwrap_err();
    assert_eq!(failure.exit_code(), ExitCode::from(2));
    assert_eq!(fs::read(&file).unwrap(), HOSTILE);

    let (result, _) = audit(HOSTILE, &["--svg", "/proc/no/such.svg"]);
    assert_eq!(result.unwrap_err().exit_code(), ExitCode::from(3));
}

#[test]
fn compressed_captures_have_the_same_verdict() {
    let directory = tempfile::tempdir().unwrap();
    let (_, expected) = audit(HOSTILE, &["--json"]);
    for (program, ending) in [("gzip", "gz"), ("xz", "xz"), ("zstd", "zst")] {
        let path = directory.path().join(format!("{program}.pcap"));
        fs::write(&path, HOSTILE).unwrap();
        let mut command = std::process::Command::new(program);
        assert!(command.arg("-q").arg(&path).status().unwrap().success());
        let packed = fs::read(path.with_extension(format!("pcap.{ending}"))).unwrap();
        let (result, text) = audit(&packed, &["--json"]);
        assert_eq!(result.unwrap(), ExitCode::from(NO), "{program}");
        assert_eq!(text, expected, "{program}");
        // Cut off anywhere, it is an error or said.
        for length in 6..packed.len() {
            let (result, text) = audit(&packed[..length], &["--json"]);
            let is_told = text.contains(r#""ends_early":true"#);
            assert!(result.is_err() || is_told, "{program}: {length}");
        }
    }
}

#[test]
fn two_captures_are_judged_together() {
    let directory = tempfile::tempdir().unwrap();
    let [one, other] = ["home.pcap", "cafe.pcap"].map(|name| directory.path().join(name));
    fs::write(&one, HOSTILE).unwrap();
    fs::write(&other, &HOSTILE[..24 + 48]).unwrap();
    let paths = [&one, &other].map(|path| path.to_str().unwrap());
    let answer = |options: &[&str]| {
        let words = ["audit"].iter().chain(&paths).chain(options);
        let command = Command::try_parse_from(words).unwrap();
        let mut out = Vec::new();
        let result = run(&command.args, &mut out);
        (result, String::from_utf8(out).unwrap())
    };
    let (result, text) = answer(&[]);
    assert_eq!(result.unwrap(), ExitCode::from(NO));
    let expected = "One card in both:\n  9a:11:22:33:44:55 is 9a:11:22:33:44:55: same address";
    assert!(text.contains(expected), "{text}");
    assert!(
        text.ends_with("\nVERDICT: the two captures are linked: 1\n"),
        "{text}"
    );
    let (_, json) = answer(&["--json"]);
    assert!(json.contains(r#""reason":"address","by":"9a:11:22:33:44:55","confidence":"certain""#));
    let (result, _) = answer(&["--svg", "/tmp/never.svg"]);
    assert_eq!(result.unwrap_err().exit_code(), ExitCode::from(2));
}

/// A pipe whose reader has gone.
struct BrokenPipe;

impl Write for BrokenPipe {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn broken_pipe_keeps_the_exit_status() {
    let directory = tempfile::tempdir().unwrap();
    let capture = directory.path().join("air.pcap");
    fs::write(&capture, HOSTILE).unwrap();
    let args = Args {
        captures: vec![capture],
        permanent: Vec::new(),
        assigned: Vec::new(),
        strict: false,
        json: false,
        svg: None,
    };
    assert_eq!(run(&args, &mut BrokenPipe).unwrap(), ExitCode::from(NO));
}
