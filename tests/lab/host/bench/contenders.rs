//! Who is measured, and each one's words for the same story.

/// Stories are written for macveil with wpa_supplicant.
const MACVEIL: &str = "and    macveil and wpa_supplicant are running\n";
/// NetworkManager itself sets it.
const BGSCAN: &str = ", with \"bgscan=";

pub struct Contender {
    /// In the names of stories.
    pub key: &'static str,
    /// In tables.
    pub name: &'static str,
    /// macveil's masking method, or "without".
    pub method: &'static str,
    /// What takes the place of [`MACVEIL`].
    pub lines: &'static str,
    /// The program that it is about; the others are those that it needs.
    pub program: &'static str,
}

impl Contender {
    pub fn has_macveil(&self) -> bool {
        self.program == "macveil"
    }

    /// The story as this one plays it: the same words but for who runs.
    pub fn tell(&self, story: &str) -> String {
        let told = story.replace(MACVEIL, self.lines);
        if self.program != "NetworkManager" {
            return told;
        }
        let goes_online = told.contains(", subnet ");
        let leases = if goes_online {
            ", with \"ipv4.method=auto\""
        } else {
            ""
        };
        let line = |line: &str| match line.split_once("a network ") {
            Some((and, network)) => {
                let network = network.split(BGSCAN).next().unwrap_or(network);
                format!(
                    "{and}a networkmanager profile {network}, with \"connection.autoconnect=true\", with \"connection.multi-connect=3\"{leases}\n"
                )
            }
            None => format!("{line}\n"),
        };
        told.lines().map(line).collect()
    }
}

const fn with_macveil(key: &'static str, name: &'static str, method: &'static str) -> Contender {
    Contender {
        key,
        name,
        method,
        lines: MACVEIL,
        program: "macveil",
    }
}

/// macveil's first, as the tables have them.
pub const ALL: [Contender; 8] = [
    with_macveil("driver", "macveil, `driver`", "driver"),
    with_macveil("powered", "macveil, `powered`", "powered"),
    with_macveil("bounce", "macveil, `bounce`", "bounce"),
    Contender {
        key: "with-iwd",
        name: "macveil with iwd",
        method: "auto",
        lines: "and    iwd's General settings have \"AddressRandomization=network\"
and    macveil is running
and    iwd is running
",
        program: "macveil",
    },
    Contender {
        key: "networkmanager",
        name: "NetworkManager",
        method: "without",
        lines: "and    networkmanager's connection settings have \"wifi.cloned-mac-address=stable\"
when   networkmanager starts
",
        program: "NetworkManager",
    },
    Contender {
        key: "iwd",
        name: "iwd",
        method: "without",
        lines: "and    iwd's General settings have \"AddressRandomization=network\"
and    iwd is running
",
        program: "iwd",
    },
    Contender {
        key: "own-randomization",
        name: "wpa_supplicant, randomizing",
        method: "without",
        lines: "and    wpa_supplicant's settings have \"mac_addr=1\"
and    wpa_supplicant's settings have \"preassoc_mac_addr=1\"
and    wpa_supplicant is running
",
        program: "wpa_supplicant",
    },
    Contender {
        key: "alone",
        name: "wpa_supplicant alone",
        method: "without",
        lines: "and    wpa_supplicant is running\n",
        program: "wpa_supplicant",
    },
];

/// As NetworkManager has it.
static WITH_ONE_SUPPLICANT: Contender = Contender {
    key: "together",
    name: "macveil, one wpa_supplicant for all",
    method: "driver",
    lines: "and    all stations have one wpa_supplicant
and    macveil and wpa_supplicant are running
",
    program: "macveil",
};

/// Those that are shown with many radios.
pub fn of_scale() -> impl Iterator<Item = &'static Contender> {
    let of = |key| ALL.iter().filter(move |it| it.key == key);
    of("driver")
        .chain([&WITH_ONE_SUPPLICANT])
        .chain(of("networkmanager"))
}
