//! A fake control socket of wpa_supplicant, which stores settings and answers like 2.10.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use rustix::net::{SendFlags, SocketAddrUnix};
use tokio::net::UnixDatagram;
use tokio::task::JoinHandle;

/// What happens before or instead of the normal answer to a command.
#[derive(Clone)]
pub(super) enum Turn {
    /// Sends this message to all monitors first.
    Message(&'static str),
    /// Answers with this text.
    Answer(&'static [u8]),
    /// Answers after a delay.
    Delay(Duration),
    /// Does not answer.
    Silent,
}

/// A configured network.
#[derive(Clone, Default)]
pub(super) struct FakeNetwork {
    pub(super) flags: &'static str,
    pub(super) values: BTreeMap<&'static str, String>,
}

/// The state of the fake.
pub(super) struct Model {
    pub(super) log: Vec<String>,
    pub(super) settings: BTreeMap<String, i32>,
    pub(super) networks: BTreeMap<u32, FakeNetwork>,
    pub(super) table: Vec<String>,
    pub(super) status: String,
    pub(super) denied: String,
    pub(super) turns: Vec<(&'static str, Turn)>,
    /// The answer to every command except ATTACH.
    pub(super) nonsense: Option<Vec<u8>>,
    /// RECONNECT finds a BSS to associate with.
    pub(super) finds_bss: bool,
    pub(super) works: Vec<String>,
    /// A radio work starts at once.
    pub(super) radio_free: bool,
    monitors: Vec<SocketAddrUnix>,
}

impl Model {
    pub(super) fn new() -> Self {
        let settings = [
            ("ap_scan", 1),
            ("passive_scan", 0),
            ("scan_res_valid_for_connect", 5),
            ("bss_expiration_age", 180),
            ("p2p_disabled", 0),
            ("mac_addr", 0),
            ("preassoc_mac_addr", 0),
            ("auto_interworking", 0),
            ("max_command_len", 8192),
        ];
        Self {
            log: Vec::new(),
            settings: settings
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            networks: BTreeMap::new(),
            table: Vec::new(),
            status: "wpa_state=SCANNING\naddress=02:00:00:00:00:01\n".to_owned(),
            denied: String::new(),
            turns: Vec::new(),
            nonsense: None,
            finds_bss: true,
            works: Vec::new(),
            radio_free: true,
            monitors: Vec::new(),
        }
    }

    pub(super) fn with_network(mut self, id: u32, ssid: &str) -> Self {
        let values = [
            ("ssid", format!("\"{ssid}\"")),
            ("key_mgmt", "WPA-PSK".to_owned()),
            ("scan_ssid", "0".to_owned()),
            ("priority", "0".to_owned()),
            ("mode", "0".to_owned()),
            ("mac_addr", "-1".to_owned()),
        ];
        let network = FakeNetwork {
            flags: "",
            values: values.into(),
        };
        self.networks.insert(id, network);
        self
    }

    fn serve(&mut self, client: &SocketAddrUnix, command: &str) -> String {
        let known = self.monitors.iter().position(|monitor| monitor == client);
        match (command, known) {
            ("ATTACH", None) => self.monitors.push(client.clone()),
            ("DETACH", Some(place)) => drop(self.monitors.remove(place)),
            ("DETACH", None) => return fail(),
            ("ATTACH" | "LEVEL 2" | "LEVEL 3" | "LEVEL 9", _) => {}
            _ => return self.execute(command),
        }
        ok()
    }

    fn execute(&mut self, command: &str) -> String {
        let words: Vec<&str> = command.splitn(4, ' ').collect();
        match words.as_slice() {
            ["PING"] => "PONG\n".to_owned(),
            ["STATUS"] => self.status.clone(),
            ["GET", name] => self.settings.get(*name).map_or(fail(), i32::to_string),
            ["SET", "disallow_aps", rest @ ..] => {
                self.denied = rest.join(" ");
                ok()
            }
            ["SET", name, value] => self.set(name, value),
            ["AP_SCAN", value] => self.set("ap_scan", value),
            ["LIST_NETWORKS"] => self.list(-1),
            ["LIST_NETWORKS", last] => {
                self.list(last.strip_prefix("LAST_ID=").unwrap().parse().unwrap())
            }
            ["GET_NETWORK", id, name] => {
                let network = self.networks.get(&id.parse().unwrap());
                network
                    .and_then(|n| n.values.get(name).cloned())
                    .unwrap_or(fail())
            }
            [
                "SET_NETWORK",
                id,
                name @ ("bgscan" | "scan_ssid" | "mac_addr" | "mode"),
                value,
            ] => {
                let Some(network) = self.networks.get_mut(&id.parse().unwrap()) else {
                    return fail();
                };
                let mut names = ["mac_addr", "bgscan", "scan_ssid", "mode"].into_iter();
                let name = names.find(|it| it == name).unwrap();
                match *value {
                    "NULL" => network.values.remove(name),
                    value => network.values.insert(name, value.to_owned()),
                };
                ok()
            }
            ["SET_NETWORK", id, "bssid_accept", value] => {
                let Some(network) = self.networks.get_mut(&id.parse().unwrap()) else {
                    return fail();
                };
                match *value {
                    "\"\"" => return fail(),
                    "" => network.values.remove("bssid_accept"),
                    value => network.values.insert("bssid_accept", value.to_owned()),
                };
                ok()
            }
            ["BSS", range, _] => self.bss(range),
            ["RADIO_WORK", "add", ..] => {
                self.works
                    .push("ext:macveil-forget@wlan0:0:1:0.1".to_owned());
                "7".to_owned()
            }
            ["RADIO_WORK", "show"] => self.works.join("\n"),
            ["RADIO_WORK", "done", "7"] if !self.works.is_empty() => {
                assert!(
                    !self.works.join("").contains("connect@"),
                    "the association would be sent"
                );
                self.works.clear();
                ok()
            }
            ["RECONNECT"] => {
                if self.finds_bss {
                    self.works
                        .insert(0, "sme-connect@wlan0:2412:0:0.1".to_owned());
                }
                ok()
            }
            ["DISCONNECT"] => {
                self.works.retain(|work| !work.contains("connect@"));
                self.status = "wpa_state=DISCONNECTED\naddress=02:00:00:00:00:01\n".to_owned();
                ok()
            }
            ["ABORT_SCAN"] | ["MAC_RAND_SCAN", ..] => fail(),
            ["P2P_SET", ..]
            | ["SELECT_NETWORK" | "STA_AUTOCONNECT", _]
            | ["BSSID_IGNORE", "clear"] => ok(),
            _ => "UNKNOWN COMMAND\n".to_owned(),
        }
    }

    fn set(&mut self, name: &str, value: &str) -> String {
        match self.settings.get_mut(name) {
            Some(setting) => {
                *setting = value.parse().unwrap();
                ok()
            }
            None => fail(),
        }
    }

    /// As many networks as fit into an answer.
    fn list(&self, last: i64) -> String {
        let mut answer = "network id / ssid / bssid / flags\n".to_owned();
        for (id, network) in &self.networks {
            let ssid = network
                .values
                .get("ssid")
                .map_or("", |ssid| ssid.trim_matches('"'));
            let line = format!("{id}\t{ssid}\tany\t{}\n", network.flags);
            if i64::from(*id) > last && answer.len() + line.len() <= 4096 {
                answer.push_str(&line);
            }
        }
        answer
    }

    /// As many BSSs as fit, with the end of the table marked.
    fn bss(&self, range: &str) -> String {
        let first: usize = range
            .trim_start_matches("RANGE=")
            .trim_end_matches('-')
            .parse()
            .unwrap();
        let mut answer = String::new();
        for (id, row) in self.table.iter().enumerate().skip(first) {
            let end = if id + 1 == self.table.len() {
                "####"
            } else {
                "===="
            };
            let mut block = String::new();
            let _ = write!(block, "id={id}\n{row}\n{end}\n");
            if answer.len() + block.len() > 4096 {
                break;
            }
            answer.push_str(&block);
        }
        answer
    }
}

fn ok() -> String {
    "OK\n".to_owned()
}

fn fail() -> String {
    "FAIL\n".to_owned()
}

/// A running fake.
pub(super) struct Fake {
    pub(super) model: Rc<RefCell<Model>>,
    socket: Rc<UnixDatagram>,
    path: PathBuf,
    task: JoinHandle<()>,
}

impl Fake {
    /// Creates the directory and the socket, and starts to answer.
    pub(super) fn start(directory: &Path, model: Model) -> Self {
        let mut fake = Self::start_blocked(directory, model);
        fake.resume();
        fake
    }

    /// Like [`Fake::start`], but before the main loop runs.
    pub(super) fn start_blocked(directory: &Path, model: Model) -> Self {
        std::fs::create_dir_all(directory).unwrap();
        let path = directory.join("wlan0");
        let _ = std::fs::remove_file(&path);
        Self {
            model: Rc::new(RefCell::new(model)),
            socket: Rc::new(UnixDatagram::bind(&path).unwrap()),
            path,
            task: tokio::task::spawn_local(async {}),
        }
    }

    pub(super) fn resume(&mut self) {
        let serving = serve(self.socket.clone(), self.model.clone());
        self.task = tokio::task::spawn_local(serving);
    }

    /// Like SIGSTOP.
    pub(super) fn block(&mut self) {
        self.task.abort();
    }

    /// Recreates the socket, as wpa_supplicant does when it cannot send to a client.
    pub(super) fn recreate_socket(&mut self) {
        self.task.abort();
        std::fs::remove_file(&self.path).unwrap();
        self.socket = Rc::new(UnixDatagram::bind(&self.path).unwrap());
        self.resume();
    }

    /// Sends a message to all monitors.
    pub(super) fn broadcast(&self, message: &str) {
        broadcast(&self.socket, &self.model.borrow(), message);
    }

    /// Another program changes a network.
    pub(super) fn edit(&self, id: u32, name: &'static str, value: &str) {
        let mut model = self.model.borrow_mut();
        let network = model.networks.get_mut(&id).unwrap();
        network.values.insert(name, value.to_owned());
        tell_edit(&self.socket, &model);
    }

    /// Exits normally and removes the directory.
    pub(super) fn stop(self) {
        self.broadcast("CTRL-EVENT-TERMINATING ");
        self.task.abort();
        std::fs::remove_file(&self.path).unwrap();
        std::fs::remove_dir(self.path.parent().unwrap()).unwrap();
    }

    /// Exits as by SIGKILL; the file stays.
    pub(super) async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }

    /// The addresses of the monitors.
    pub(super) fn clients(&self) -> Vec<SocketAddrUnix> {
        self.model.borrow().monitors.clone()
    }

    pub(super) fn log(&self) -> Vec<String> {
        std::mem::take(&mut self.model.borrow_mut().log)
    }

    pub(super) fn set(&self, name: &str, value: i32) {
        let mut model = self.model.borrow_mut();
        model.settings.insert(name.to_owned(), value);
    }

    pub(super) fn setting(&self, name: &str) -> i32 {
        self.model.borrow().settings[name]
    }

    /// Adds a turn for the next command with this prefix.
    pub(super) fn next(&self, command: &'static str, turn: Turn) {
        self.model.borrow_mut().turns.push((command, turn));
    }
}

async fn serve(socket: Rc<UnixDatagram>, model: Rc<RefCell<Model>>) {
    let mut buffer = vec![0; 9000];
    loop {
        let (length, client) = socket.recv_from(&mut buffer).await.unwrap();
        let name = client.as_abstract_name().unwrap();
        let client = SocketAddrUnix::new_abstract_name(name).unwrap();
        let command = String::from_utf8(buffer[..length].to_vec()).unwrap();
        answer(&socket, &model, &client, &command).await;
    }
}

async fn answer(
    socket: &UnixDatagram,
    model: &RefCell<Model>,
    client: &SocketAddrUnix,
    command: &str,
) {
    model.borrow_mut().log.push(command.to_owned());
    if command.starts_with("SET_NETWORK ") {
        tell_edit(socket, &model.borrow());
    }
    let turns: Vec<Turn> = {
        let mut model = model.borrow_mut();
        let (now, later) = model
            .turns
            .drain(..)
            .partition(|(beginning, _)| command.starts_with(beginning));
        let now: Vec<(&str, Turn)> = now;
        model.turns = later;
        now.into_iter().map(|(_, turn)| turn).collect()
    };
    let mut answer = model.borrow_mut().serve(client, command).into_bytes();
    if command != "ATTACH"
        && let Some(nonsense) = &model.borrow().nonsense
    {
        answer.clone_from(nonsense);
    }
    for turn in turns {
        match turn {
            Turn::Message(message) => broadcast(socket, &model.borrow(), message),
            Turn::Answer(other) => answer = other.to_vec(),
            Turn::Delay(time) => tokio::time::sleep(time).await,
            Turn::Silent => return,
        }
    }
    send(socket, &answer, client);
    if command.starts_with("RADIO_WORK add") && model.borrow().radio_free {
        broadcast(socket, &model.borrow(), "EXT-RADIO-WORK-START 7");
    }
}

/// As to a monitor of level 2.
fn tell_edit(socket: &UnixDatagram, model: &Model) {
    for monitor in &model.monitors {
        let line = b"<2>Control interface command 'SET_NETWORK [REMOVED]'";
        send(socket, line, monitor);
    }
}

fn broadcast(socket: &UnixDatagram, model: &Model, message: &str) {
    for monitor in &model.monitors {
        send(socket, format!("<3>{message}").as_bytes(), monitor);
    }
}

fn send(socket: &UnixDatagram, datagram: &[u8], client: &SocketAddrUnix) {
    // The client may have ended.
    let _ = rustix::net::sendto(socket, datagram, SendFlags::DONTWAIT, client);
}
