//! Makes virtual radios and takes them away at run time, through the generic netlink family of their
//! driver (`mac80211_hwsim.h`).

use neli::consts::socket::{Msg, NlFamily};
use neli::socket::NlSocket;
use neli::utils::Groups;

pub struct Hwsim {
    socket: NlSocket,
    family: u16,
}

/// `GENL_ID_CTRL`, `CTRL_CMD_GETFAMILY`, and attributes of its question and answer.
const CONTROLLER: u16 = 0x10;
const GET_FAMILY: u8 = 3;
const FAMILY_ID: u16 = 1;
const FAMILY_NAME: u16 = 2;

/// `HWSIM_CMD_NEW_RADIO`, `_DEL_RADIO`.
const NEW_RADIO: u8 = 4;
const REMOVE_RADIO: u8 = 5;
/// `HWSIM_ATTR_SUPPORT_P2P_DEVICE`: as the radios have that the driver makes by itself.
const P2P_DEVICE: u16 = 14;
/// `HWSIM_ATTR_RADIO_NAME`, `_PERM_ADDR`.
const RADIO_NAME: u16 = 17;
const PERMANENT_ADDRESS: u16 = 22;

/// `NLM_F_REQUEST | NLM_F_ACK`.
const FLAGS: u16 = 5;
/// `NLMSG_ERROR`.
const OUTCOME: u16 = 2;
const HEADERS: usize = 20;

impl Hwsim {
    pub fn open() -> Result<Self, String> {
        let socket = NlSocket::connect(NlFamily::Generic, None, Groups::empty());
        let socket = socket.map_err(|e| e.to_string())?;
        let name = attribute(FAMILY_NAME, b"MAC80211_HWSIM\0");
        let answer = ask(&socket, CONTROLLER, GET_FAMILY, &name)?;
        let id = find(&answer, FAMILY_ID).and_then(|value| value.try_into().ok());
        let family = u16::from_ne_bytes(id.ok_or("the family has no number")?);
        Ok(Self { socket, family })
    }

    pub fn create(&self, permanent_address: [u8; 6]) -> Result<(), String> {
        let address = attribute(PERMANENT_ADDRESS, &permanent_address);
        let attributes = [attribute(P2P_DEVICE, &[]), address].concat();
        ask(&self.socket, self.family, NEW_RADIO, &attributes).map(drop)
    }

    pub fn remove(&self, wiphy: &str) -> Result<(), String> {
        let name = attribute(RADIO_NAME, &[wiphy.as_bytes(), &[0]].concat());
        ask(&self.socket, self.family, REMOVE_RADIO, &name).map(drop)
    }
}

/// The attributes of the answer, if there are any.
fn ask(socket: &NlSocket, kind: u16, command: u8, attributes: &[u8]) -> Result<Vec<u8>, String> {
    let mut request = ((HEADERS + attributes.len()) as u32).to_ne_bytes().to_vec();
    for number in [kind, FLAGS, 1, 0, 0, 0] {
        request.extend(number.to_ne_bytes());
    }
    request.extend([command, 1, 0, 0]);
    request.extend(attributes);
    socket
        .send(request, Msg::empty())
        .map_err(|e| e.to_string())?;
    let mut answer = Vec::new();
    loop {
        let mut buffer = vec![0; 16384];
        let (length, _) = socket
            .recv(buffer.as_mut_slice(), Msg::empty())
            .map_err(|e| e.to_string())?;
        buffer.truncate(length);
        if buffer[4..6] != OUTCOME.to_ne_bytes() {
            answer = buffer.split_off(HEADERS);
            continue;
        }
        let code = buffer[16..20].try_into().map(i32::from_ne_bytes);
        return match code.map_err(|_| "a strange answer")? {
            // The number of a new radio is told in the place of a mistake's.
            0.. => Ok(answer),
            code => Err(std::io::Error::from_raw_os_error(-code).to_string()),
        };
    }
}

fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let mut bytes = ((value.len() + 4) as u16).to_ne_bytes().to_vec();
    bytes.extend(kind.to_ne_bytes());
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn find(attributes: &[u8], wanted: u16) -> Option<&[u8]> {
    let [a, b, c, d, ..] = *attributes else {
        return None;
    };
    let (length, kind) = (u16::from_ne_bytes([a, b]), u16::from_ne_bytes([c, d]));
    let length = usize::from(length);
    if kind == wanted {
        return attributes.get(4..length);
    }
    find(attributes.get(length.next_multiple_of(4)..)?, wanted)
}
