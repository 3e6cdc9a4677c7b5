use std::fs;
use std::path::Path;

use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;

/// One vendor in every format, with other lines of such files.
const FORMATS: [(&str, &str); 9] = [
    ("macchanger", "00 1B 77 Example\tCards, Inc.\n"),
    (
        "IEEE, text",
        "OUI/MA-L      Organization\r\n\r\n00-1B-77   (hex)\t\tExample Cards, Inc.\r\n\
         001B77     (base 16)\t\tExample again\r\n\t\t\t\t2181 Street\r\n\t\t\t\tUS\r\n",
    ),
    (
        "IEEE, shortened",
        "001B77     (base 16)\t\tExample Cards, Inc.\n",
    ),
    (
        "IEEE, CSV",
        "Registry,Assignment,Organization Name,Organization Address\r\n\
         MA-L,001B77,\"Example Cards, Inc.\",\"2181 Street, Town\"\r\n",
    ),
    (
        "systemd",
        "# Comment\n\nOUI:001B77*\n ID_OUI_FROM_DATABASE=Example Cards, Inc.\n",
    ),
    ("nmap", "# Comment\n001B77 Example Cards, Inc.\n"),
    ("arp-scan", "#\n001B77\tExample Cards, Inc.\n"),
    (
        "Wireshark",
        "# /etc/manuf\n00:1B:77\tExample\tExample Cards, Inc.\n01:00:5E:00:00:00/25\tIANA\tOther\n",
    ),
    (
        "older text",
        "  00-1B-77   (hex)\t\tExample Cards, Inc.\n  001B77     (base 16)\t\tTwice\n",
    ),
];

fn vendors(text: &str) -> Vendors {
    let mut vendors = Vendors::default();
    vendors.add(text, false, |_| true);
    vendors
}

fn mac(text: &str) -> Mac {
    text.parse().unwrap()
}

fn rng() -> StdRng {
    StdRng::seed_from_u64(1)
}

#[test]
fn every_format_is_read() {
    for (format, text) in FORMATS {
        let read = vendors(text);
        let all: Vec<_> = read.iter().collect();
        assert_eq!(all.len(), 1, "{format}: {all:?}");
        assert_eq!(
            read.name(mac("00:1b:77:01:02:03")),
            Some("Example Cards, Inc."),
            "{format}"
        );
        assert_eq!(read.name(mac("00:1b:78:01:02:03")), None, "{format}");
    }
}

#[test]
fn the_longest_prefix_names_the_vendor() {
    for text in [
        "MA-L,001BC5,IEEE Registration Authority,\nMA-M,001BC5A,Middle,\nMA-S,001BC5AAA,Small,\n",
        "OUI:001BC5*\n ID_OUI_FROM_DATABASE=IEEE Registration Authority\nOUI:001BC5A*\n \
         ID_OUI_FROM_DATABASE=Middle\nOUI:001BC5AAA*\n ID_OUI_FROM_DATABASE=Small\n",
        "00:1B:C5\tIEEE\tIEEE Registration Authority\n00:1B:C5:A0:00:00/28\tMiddle\n\
         00:1B:C5:AA:A0:00/36\tSm\tSmall\n",
        "001BC5\tIEEE Registration Authority\n001BC5A\tMiddle\n001BC5AAA\tSmall\n",
    ] {
        let read = vendors(text);
        for (address, name) in [
            ("00:1b:c5:aa:a1:23", "Small"),
            ("00:1b:c5:aa:b1:23", "Middle"),
            ("00:1b:c5:b0:00:00", "IEEE Registration Authority"),
        ] {
            assert_eq!(read.name(mac(address)), Some(name), "{text}");
        }
        let prefixes: Vec<_> = read.iter().map(|(prefix, _)| prefix.to_string()).collect();
        assert_eq!(
            prefixes,
            ["00:1b:c5", "00:1b:c5:a0:00:00/28", "00:1b:c5:aa:a0:00/36"]
        );
        // A divided block has no addresses of its own.
        let mut rng = rng();
        for _ in 0..100 {
            let drawn = read.draw(VendorFilter::Any, &[], &mut rng).unwrap();
            let name = read.name(drawn).unwrap();
            assert!(["Middle", "Small"].contains(&name), "{drawn}: {name}");
        }
    }
}

#[test]
fn names_have_no_control_characters_and_are_cut() {
    let read = vendors(&format!(
        "001B77 \u{1b}[2JA\u{7}\tB \n001B78 {}\n",
        "x".repeat(500)
    ));
    assert_eq!(read.name(mac("00:1b:77:00:00:00")), Some("[2JA B"));
    let long = read.name(mac("00:1b:78:00:00:00")).unwrap();
    assert_eq!(long.len(), 80);
}

#[test]
fn group_and_local_prefixes_are_never_drawn() {
    let read = vendors("01005E Group\n020701 Local\n");
    assert_eq!(read.iter().count(), 2);
    assert_eq!(read.draw(VendorFilter::Any, &[], &mut rng()), None);
    assert_eq!(
        Vendors::default().draw(VendorFilter::Any, &[], &mut rng()),
        None
    );
}

#[test]
fn a_filter_limits_the_vendors() {
    let mut read = vendors("001B77 Intel Corporate\n001B78 Printers\n");
    read.add("00 02 2D Old card\n", true, |_| true);
    let mut rng = rng();
    let mut drawn = |filter| {
        let mut names: Vec<_> = (0..200)
            .map(|_| {
                read.name(read.draw(filter, &[], &mut rng).unwrap())
                    .unwrap()
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    assert_eq!(
        drawn(VendorFilter::Wireless),
        ["Intel Corporate", "Old card"]
    );
    assert_eq!(drawn(VendorFilter::Wired), ["Intel Corporate", "Printers"]);
    assert_eq!(drawn(VendorFilter::Any).len(), 3);
}

#[test]
fn an_address_to_avoid_is_never_drawn() {
    let read = vendors("70B3D5AAA Small\n");
    let first: Mac = read.draw(VendorFilter::Any, &[], &mut rng()).unwrap();
    let second = read.draw(VendorFilter::Any, &[first], &mut rng()).unwrap();
    assert_ne!(first, second);
}

#[test]
fn the_best_list_is_used_with_that_of_wireless_cards() {
    let home = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let name = |address| {
        let address = mac(address);
        let lists = installed(home.path()).unwrap();
        let name = lists.vendors().name(address).map(str::to_owned);
        // A lookup of one address gives the same name.
        let alone = lists.vendors_of(&[address]);
        assert_eq!(alone.name(address).map(str::to_owned), name);
        name
    };
    let error = installed(home.path()).unwrap_err().to_string();
    assert!(
        error.contains("ieee-data") && error.contains("hwdata"),
        "{error}"
    );

    write("usr/share/macchanger/OUI.list", "00 1B 77 Old\n");
    assert_eq!(name("00:1b:77:00:00:00").as_deref(), Some("Old"));
    write(
        "lib/udev/hwdb.d/20-OUI.hwdb",
        "OUI:001B77*\n ID_OUI_FROM_DATABASE=New\n",
    );
    assert_eq!(name("00:1b:77:00:00:00").as_deref(), Some("New"));
    // An empty list is skipped.
    write("usr/share/ieee-data/oui.csv", "");
    assert_eq!(name("00:1b:77:00:00:00").as_deref(), Some("New"));
    write("usr/share/ieee-data/oui.csv", "MA-L,001B77,Newer,\n");
    write("usr/share/ieee-data/oui36.csv", "MA-S,001B77AAA,Small,\n");
    assert_eq!(name("00:1b:77:00:00:00").as_deref(), Some("Newer"));
    assert_eq!(name("00:1b:77:aa:a0:00").as_deref(), Some("Small"));
    write("usr/share/macchanger/wireless.list", "00 02 2D Card\n");
    assert_eq!(name("00:02:2d:00:00:00").as_deref(), Some("Card"));
}

#[test]
fn a_file_without_vendors_is_an_error_with_its_path() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let error = from_file(file.path()).unwrap_err().to_string();
    assert!(error.starts_with(path), "{error}");
    let error = from_file(Path::new("/nowhere")).unwrap_err().to_string();
    assert_eq!(error, "cannot read the list of vendors /nowhere");
    // A sparse file that is too large.
    file.as_file().set_len(33 * 1024 * 1024).unwrap();
    let error = std::error::Error::source(&from_file(file.path()).unwrap_err())
        .unwrap()
        .to_string();
    assert_eq!(error, "it has more than 32 MB");
}

proptest! {
    #[test]
    fn reading_bytes_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        vendors(&String::from_utf8_lossy(&bytes)).draw(VendorFilter::Any, &[], &mut rng());
    }

    #[test]
    fn malformed_lists_give_valid_names(
        words in proptest::collection::vec(
            prop_oneof![
                Just("OUI:"), Just("ID_OUI_FROM_DATABASE="), Just("MA-L,"), Just("001B77"),
                Just("(hex)"), Just("/36"), Just("00:1B:C5"), Just("\t"), Just("\n"), Just(" "),
                Just("*"), Just("\""), Just(","), Just("00 1B 77 "), Just("é"), Just("-"),
            ],
            0..60,
        ),
    ) {
        for (_, name) in vendors(&words.concat()).iter() {
            prop_assert!(!name.is_empty() && !name.contains(char::is_control));
        }
    }

    #[test]
    fn a_drawn_address_is_usable_and_of_a_vendor(
        prefixes in proptest::collection::vec(any::<[u8; 3]>(), 1..20),
        seed: u64,
    ) {
        let lines = prefixes.iter().map(|[a, b, c]| format!("{a:02X}{b:02X}{c:02X} V\n"));
        let read = vendors(&lines.collect::<String>());
        if let Some(address) = read.draw(VendorFilter::Any, &[], &mut StdRng::seed_from_u64(seed)) {
            prop_assert!(address.is_usable() && !address.is_local());
            prop_assert_eq!(read.name(address), Some("V"));
        }
    }
}
