//! A conversation with one wpa_supplicant: commands and their answers, and the messages between.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::platform::socket_watcher::{Identity, Presence, Sight};
use macveil_core::machine::wpa::{Failure, Supplicant, WpaEvent};

use super::end::End;
use super::endpoint::Endpoint;
use super::event::{self, Message};
use super::memory::Memory;
use super::text;

/// How soon to try again when wpa_supplicant's queue is full.
const QUEUE_FULL: Duration = Duration::from_millis(10);
/// It does so in one go, and is in its loop. One that has only begun scans soon.
const MADE_ANEW: Duration = Duration::from_millis(50);
/// From a socket's file to the socket.
const UNTIL_REACHED: Duration = Duration::from_millis(2);
/// Of a level that no message has (`MSG_ERROR`, `wpa_debug.h`, is 5).
const NOTHING: &str = "LEVEL 9";
/// Answered by `FAIL` unless the word was left (`ctrl_iface_detach`, `ctrl_iface_unix.c`).
const TAKE_BACK: &str = "DETACH";
const OK: &[u8] = b"OK\n";
/// How many messages are taken at once.
const MESSAGES_AT_ONCE: usize = 1024;

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// An answer: wpa_supplicant has one thread and can be busy for seconds.
    pub(super) answer: Duration,
    /// The very first answer: the socket is there before wpa_supplicant's loop runs.
    pub(super) first_answer: Duration,
    /// So long a monitor is believed to be attached.
    pub(super) attached: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(10),
            first_answer: Duration::from_secs(30),
            attached: Duration::from_secs(30),
        }
    }
}

/// An open conversation.
pub(super) struct Session<'a> {
    client_dir: PathBuf,
    commands: Endpoint,
    monitor: Endpoint,
    pub(super) presence: &'a mut Presence,
    pub(super) identity: Identity,
    pub(super) memory: &'a mut Memory,
    tell: &'a mut dyn FnMut(WpaEvent),
    /// That no network was found is our own doing, and nobody's wish to connect.
    pub(super) finds_nothing: bool,
    /// The last radio work that has begun.
    pub(super) radio_work: Option<u32>,
    pace: Pace,
    answered: bool,
    attached: Instant,
    attach_answered: bool,
    end: Option<End>,
}

impl<'a> Session<'a> {
    /// Opens both sockets and asks for messages; does not wait for an answer.
    pub(super) fn open(
        client_dir: &Path,
        pace: Pace,
        presence: &'a mut Presence,
        identity: Identity,
        memory: &'a mut Memory,
        tell: &'a mut dyn FnMut(WpaEvent),
    ) -> io::Result<Self> {
        let bind = || Endpoint::bind(client_dir, presence.socket());
        let (commands, monitor) = (bind()?, bind()?);
        memory.begin(identity);
        let mut session = Self {
            client_dir: client_dir.to_owned(),
            commands,
            monitor,
            presence,
            identity,
            memory,
            tell,
            finds_nothing: false,
            radio_work: None,
            pace,
            answered: false,
            attached: Instant::now(),
            attach_answered: true,
            end: None,
        };
        session.attach();
        Ok(session)
    }

    /// Asks again for messages, if that was long ago. wpa_supplicant forgets a monitor that it
    /// could not send to.
    pub(super) fn keep_attached(&mut self) {
        if self.attached.elapsed() < self.pace.attached || self.end.is_some() {
            return;
        }
        self.hear_what_is_there();
        if self.attach_answered {
            self.attach();
        } else {
            self.finish(End::Broken("it sends no messages any more".to_owned()));
        }
    }

    fn attach(&mut self) {
        tracing::debug!("ATTACH");
        let connected = self.monitor.connect();
        match connected.and_then(|()| self.monitor.send(&["ATTACH"])) {
            Ok(_) => self.attach_answered = false,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => self.end = Some(End::of(&error)),
        }
        self.attached = Instant::now();
    }

    /// Why the conversation is over, if it is.
    pub(super) fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// Passes an event on.
    pub(super) fn tell(&mut self, event: WpaEvent) {
        (self.tell)(event);
    }

    /// Sends a command and waits for its answer.
    pub(super) async fn ask(&mut self, command: &str) -> Result<Vec<u8>, Failure> {
        let answers = self.ask_all(&[command]).await?;
        Ok(answers.into_iter().next().unwrap_or_default())
    }

    /// Sends commands at once and waits for all answers.
    pub(super) async fn ask_all(&mut self, commands: &[&str]) -> Result<Vec<Vec<u8>>, Failure> {
        let patience = if self.answered {
            self.pace.answer
        } else {
            self.pace.first_answer
        };
        let deadline = Instant::now() + patience;
        let mut answers = self.converse(commands, deadline).await;
        if let Err(end) = &answers
            && self.is_there_again(&end.clone()).await
        {
            answers = self.converse(commands, deadline).await;
        }
        self.answered = true;
        answers.map_err(|end| {
            let reason = end.to_string();
            self.finish(end);
            Failure::Unreachable(reason)
        })
    }

    async fn converse(
        &mut self,
        commands: &[&str],
        deadline: Instant,
    ) -> Result<Vec<Vec<u8>>, End> {
        if let Some(end) = &self.end {
            return Err(end.clone());
        }
        self.send(commands, deadline).await?;
        let mut answers = Vec::with_capacity(commands.len());
        for command in commands {
            let answer = self.answer(deadline).await?;
            tracing::debug!(answer = %text::excerpt(&answer), "{command}");
            answers.push(answer);
        }
        Ok(answers)
    }

    async fn send(&mut self, commands: &[&str], deadline: Instant) -> Result<(), End> {
        let mut unsent = commands;
        while !unsent.is_empty() {
            match self.commands.send(unsent) {
                Ok(sent) => unsent = unsent.get(sent..).unwrap_or_default(),
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => {
                    return Err(End::of(&error));
                }
                Err(_) if Instant::now() >= deadline => return Err(End::Silent),
                Err(_) => self.listen(Instant::now() + QUEUE_FULL, |_| false).await?,
            }
        }
        Ok(())
    }

    /// Waits for one answer. Messages that wpa_supplicant sent before it are passed on before.
    async fn answer(&mut self, deadline: Instant) -> Result<Vec<u8>, End> {
        loop {
            tokio::select! {
                biased;
                answer = self.commands.receive() => {
                    let answer = answer.map_err(|error| End::of(&error))?;
                    if !event::is_message(&answer) {
                        self.hear_what_is_there();
                        return Ok(answer);
                    }
                }
                () = tokio::time::sleep_until(deadline) => return Err(End::Silent),
                () = self.presence.lost(self.identity) => return Err(End::Removed),
                message = self.monitor.receive() => {
                    let message = message.map_err(|error| End::of(&error))?;
                    self.hear(&message);
                }
            }
        }
    }

    /// Passes messages on until the deadline, or until something has become true.
    pub(super) async fn listen(
        &mut self,
        deadline: Instant,
        done: impl Fn(&Self) -> bool,
    ) -> Result<(), End> {
        while !done(self) {
            tokio::select! {
                biased;
                () = tokio::time::sleep_until(deadline) => return Ok(()),
                () = self.presence.lost(self.identity) => return Err(End::Removed),
                message = self.monitor.receive() => {
                    let message = message.map_err(|error| End::of(&error))?;
                    self.hear(&message);
                }
            }
        }
        Ok(())
    }

    /// Passes messages on until the conversation ends.
    pub(super) async fn listen_on(&mut self) {
        loop {
            let far = Instant::now() + Duration::from_secs(3600);
            if let Err(end) = self.listen(far, |_| false).await
                && !self.is_there_again(&end).await
            {
                self.finish(end);
                return;
            }
        }
    }

    /// Leaves word with this wpa_supplicant, which only it can know: the socket for commands is
    /// attached, and is told nothing.
    pub(super) async fn leave_word(&mut self) -> Result<(), Failure> {
        let answers = self.ask_all(&["ATTACH", NOTHING]).await?;
        if answers.iter().any(|answer| answer != OK) {
            self.ask(TAKE_BACK).await?;
        }
        Ok(())
    }

    /// Whether the socket has only been made anew, by the wpa_supplicant that has our word.
    async fn is_there_again(&mut self, end: &End) -> bool {
        let deadline = Instant::now() + MADE_ANEW;
        let mut end = end.clone();
        while matches!(end, End::Removed | End::Refused) {
            let Some(identity) = self.socket_now(&end, deadline).await else {
                return false;
            };
            self.identity = identity;
            match self.converse(&[TAKE_BACK], deadline).await {
                // It may have been made anew once more, as often as there was something to say.
                Err(again) => end = again,
                Ok(answers) => return answers == [OK] && self.begin_again().await.is_ok(),
            }
        }
        false
    }

    /// The socket that is there instead.
    async fn socket_now(&mut self, end: &End, deadline: Instant) -> Option<Identity> {
        while Instant::now() < deadline {
            match self.presence.look() {
                Sight::Socket(identity) if identity != self.identity || *end == End::Removed => {
                    return Some(identity);
                }
                // The kernel makes its file a moment before anybody can be reached there.
                Sight::Socket(identity) => {
                    let moment = Instant::now() + UNTIL_REACHED;
                    if timeout_at(moment, self.presence.changed()).await.is_err() {
                        return Some(identity);
                    }
                }
                _ => drop(timeout_at(deadline, self.presence.changed()).await),
            }
        }
        None
    }

    /// With another socket for commands: an answer to what was asked before may still come.
    async fn begin_again(&mut self) -> Result<(), End> {
        tracing::debug!("wpa_supplicant has made its control socket anew");
        let server = self.presence.socket();
        self.commands =
            Endpoint::bind(&self.client_dir, server).map_err(|error| End::of(&error))?;
        let deadline = Instant::now() + MADE_ANEW;
        self.converse(&["ATTACH", NOTHING], deadline).await?;
        self.attach();
        self.tell(WpaEvent::Overrun);
        self.end.clone().map_or(Ok(()), Err)
    }

    /// The conversation is over, but for what was said before.
    fn finish(&mut self, end: End) {
        self.hear_what_is_there();
        self.end = Some(end);
    }

    fn hear_what_is_there(&mut self) {
        for _ in 0..MESSAGES_AT_ONCE {
            let Some(message) = self.monitor.receive_now() else {
                return;
            };
            self.hear(&message);
        }
    }

    fn hear(&mut self, datagram: &[u8]) {
        if !event::is_message(datagram) {
            self.attach_answered = true;
            return;
        }
        match event::parse(datagram) {
            Some(Message::Supplicant(event)) => self.pass_on(event),
            Some(Message::RadioWorkStarted(id)) => self.radio_work = Some(id),
            Some(Message::Other) => {}
            None => tracing::debug!("not understood: {}", text::excerpt(datagram)),
        }
    }

    fn pass_on(&mut self, event: Supplicant) {
        tracing::debug!(?event);
        if event == Supplicant::NetworksChanged {
            self.memory.forget_networks();
        }
        if event == Supplicant::NetworkNotFound && self.finds_nothing {
            return;
        }
        self.tell(WpaEvent::Supplicant(event));
    }
}
