//! A session with one wpa_supplicant: commands, answers and unsolicited messages.

use std::io;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::platform::socket_watcher::{Identity, SocketState, SocketWatcher};
use macveil_core::machine::wpa::{EDITING, Failure, Supplicant, WpaEvent};

use super::end::End;
use super::endpoint::Endpoint;
use super::event::{self, Message};
use super::process::Process;
use super::saved_settings::SavedSettings;
use super::text;

/// How soon to retry when wpa_supplicant's queue is full.
const QUEUE_FULL_INTERVAL: Duration = Duration::from_millis(10);
/// Short, because wpa_supplicant recreates its socket in one step, and a new process starts to scan soon.
const RECREATE_TIMEOUT: Duration = Duration::from_millis(50);
/// From the creation of a socket's file until the socket accepts datagrams.
const BIND_TIMEOUT: Duration = Duration::from_millis(2);
/// Turns messages off: no message has this level (`MSG_ERROR`, `wpa_debug.h`, is 5).
const MESSAGES_OFF: &str = "LEVEL 9";
/// The monitor gets debug messages too (`MSG_DEBUG`): what every program requests, before it is done.
const REQUESTS_ON: &str = "LEVEL 2";
/// What a monitor gets at first (`MSG_INFO`).
const REQUESTS_OFF: &str = "LEVEL 3";
/// Answered with `FAIL` unless the socket is attached (`ctrl_iface_detach`, `ctrl_iface_unix.c`).
const DETACH: &str = "DETACH";
const PING: &str = "PING";
const OK: &[u8] = b"OK\n";
const MAX_PENDING_MESSAGES: usize = 1024;

/// Timeouts of a session.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timeouts {
    /// For an answer: wpa_supplicant has one thread and can be busy for seconds.
    pub(super) answer: Duration,
    /// For the first answer: the socket exists before wpa_supplicant's main loop runs.
    pub(super) first_answer: Duration,
    /// How long a monitor is assumed to be attached.
    pub(super) attached: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(10),
            first_answer: Duration::from_secs(30),
            attached: Duration::from_secs(30),
        }
    }
}

/// An open session.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about the dialogue"
)]
pub(super) struct Session<'a> {
    commands: Endpoint,
    monitor: Endpoint,
    pub(super) watcher: &'a mut SocketWatcher,
    pub(super) identity: Identity,
    pub(super) saved: &'a mut SavedSettings,
    emit: &'a mut dyn FnMut(WpaEvent),
    /// A "network not found" message results from macveil's own command and is not forwarded.
    pub(super) ignore_not_found: bool,
    /// The last radio work that started.
    pub(super) radio_work: Option<u32>,
    timeouts: Timeouts,
    answered: bool,
    attached: Instant,
    attach_answered: bool,
    /// Reports its end by itself, if it can be watched.
    process: Option<Process>,
    /// The level of the monitor's messages.
    level: &'static str,
    /// When a program added, removed, enabled or changed a network last.
    edited: Option<Instant>,
    /// macveil itself changes a network.
    is_editing: bool,
    end: Option<End>,
}

impl<'a> Session<'a> {
    /// Opens both sockets and subscribes to messages; does not wait for an answer.
    pub(super) fn open(
        timeouts: Timeouts,
        watcher: &'a mut SocketWatcher,
        identity: Identity,
        saved: &'a mut SavedSettings,
        emit: &'a mut dyn FnMut(WpaEvent),
    ) -> io::Result<Self> {
        let endpoint = || Endpoint::new(watcher.socket());
        let (commands, monitor) = (endpoint()?, endpoint()?);
        saved.begin(identity);
        let mut session = Self {
            commands,
            monitor,
            watcher,
            identity,
            saved,
            emit,
            ignore_not_found: false,
            radio_work: None,
            timeouts,
            answered: false,
            attached: Instant::now(),
            attach_answered: true,
            process: None,
            level: REQUESTS_OFF,
            edited: None,
            is_editing: false,
            end: None,
        };
        session.attach();
        Ok(session)
    }

    /// A program is probably editing networks.
    pub(super) fn are_edited(&self) -> bool {
        self.edited.is_some_and(|edited| edited.elapsed() < EDITING)
    }

    /// Renews the subscription to messages when it is old, because wpa_supplicant drops a monitor
    /// that it cannot send to.
    pub(super) fn keep_attached(&mut self) {
        if self.attached.elapsed() < self.timeouts.attached || self.end.is_some() {
            return;
        }
        self.process_pending();
        if self.attach_answered {
            self.attach();
        } else {
            self.finish(End::Broken(
                "wpa_supplicant stopped sending messages".to_owned(),
            ));
        }
    }

    fn attach(&mut self) {
        tracing::debug!("ATTACH");
        let datagrams: &[&str] = match self.level {
            REQUESTS_ON => &["ATTACH", REQUESTS_ON],
            _ => &["ATTACH"],
        };
        match self.monitor.send(datagrams) {
            Ok(_) => self.attach_answered = false,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => self.end = Some(End::of(&error)),
        }
        self.attached = Instant::now();
    }

    /// Whether requests of other programs are to be reported. Some builds of wpa_supplicant report none
    /// (`CONFIG_NO_STDOUT_DEBUG`). Each scan and each connection has dozens of debug messages, an idle
    /// connection has none.
    pub(super) fn hear_requests(&mut self, hear: bool) {
        let level = if hear { REQUESTS_ON } else { REQUESTS_OFF };
        if std::mem::replace(&mut self.level, level) == level {
            return;
        }
        tracing::debug!("{level}");
        // If the queue is full, the next `ATTACH` repeats it.
        if let Err(error) = self.monitor.send(&[level])
            && error.kind() != io::ErrorKind::WouldBlock
        {
            self.end = Some(End::of(&error));
        }
    }

    /// Why the session ended, if it did.
    pub(super) fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// Emits an event.
    pub(super) fn emit(&mut self, event: WpaEvent) {
        (self.emit)(event);
    }

    /// Sends a command and waits for its answer.
    pub(super) async fn send_command(&mut self, command: &str) -> Result<Vec<u8>, Failure> {
        let answers = self.send_commands(&[command]).await?;
        Ok(answers.into_iter().next().unwrap_or_default())
    }

    /// Sends commands in one step and waits for all answers.
    pub(super) async fn send_commands(
        &mut self,
        commands: &[&str],
    ) -> Result<Vec<Vec<u8>>, Failure> {
        let answer_timeout = if self.answered {
            self.timeouts.answer
        } else {
            self.timeouts.first_answer
        };
        let deadline = Instant::now() + answer_timeout;
        self.is_editing = commands.iter().any(|it| it.starts_with("SET_NETWORK "));
        let mut answers = self.exchange(commands, deadline).await;
        if let Err(end) = &answers
            && self.is_recreated(&end.clone()).await
        {
            answers = self.exchange(commands, deadline).await;
        }
        self.answered = true;
        self.is_editing = false;
        answers.map_err(|end| {
            let reason = end.to_string();
            self.finish(end);
            Failure::Unreachable(reason)
        })
    }

    async fn exchange(
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
                Err(_) => {
                    self.process_until(Instant::now() + QUEUE_FULL_INTERVAL, |_| false)
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// Waits for one answer. Messages that wpa_supplicant sent before the answer are forwarded first.
    async fn answer(&mut self, deadline: Instant) -> Result<Vec<u8>, End> {
        loop {
            tokio::select! {
                biased;
                answer = self.commands.receive() => {
                    let answer = answer.map_err(|error| End::of(&error))?;
                    if !event::is_message(&answer) {
                        self.process_pending();
                        return Ok(answer);
                    }
                }
                () = tokio::time::sleep_until(deadline) => return Err(End::Silent),
                () = self.watcher.lost(self.identity) => return Err(End::Removed),
                () = Process::end_of(self.process.as_ref()) => return Err(End::Died),
                message = self.monitor.receive() => {
                    let message = message.map_err(|error| End::of(&error))?;
                    self.process(&message);
                }
            }
        }
    }

    /// Forwards messages until the deadline, if there is one, or until `done` returns true.
    pub(super) async fn process_until(
        &mut self,
        deadline: impl Into<Option<Instant>>,
        done: impl Fn(&Self) -> bool,
    ) -> Result<(), End> {
        let deadline = deadline.into();
        while !done(self) {
            let timeout = async {
                match deadline {
                    Some(deadline) => tokio::time::sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = timeout => return Ok(()),
                () = self.watcher.lost(self.identity) => return Err(End::Removed),
                () = Process::end_of(self.process.as_ref()) => return Err(End::Died),
                message = self.monitor.receive() => {
                    let message = message.map_err(|error| End::of(&error))?;
                    self.process(&message);
                }
            }
        }
        Ok(())
    }

    /// Forwards messages until the session ends.
    pub(super) async fn process_until_end(&mut self) {
        loop {
            if let Err(end) = self.process_until(None, |_| false).await
                && !self.is_recreated(&end).await
            {
                self.finish(end);
                return;
            }
        }
    }

    /// Marks this wpa_supplicant process: attaches the command socket with messages off, so that a
    /// later `DETACH` succeeds only in the same process.
    pub(super) async fn mark_instance(&mut self) -> Result<(), Failure> {
        let answers = self.send_commands(&["ATTACH", MESSAGES_OFF]).await?;
        if answers.iter().any(|answer| answer != OK) {
            self.send_command(DETACH).await?;
        }
        self.watch_process().await
    }

    /// The process answers again after its descriptor was opened: its number was not used again.
    async fn watch_process(&mut self) -> Result<(), Failure> {
        let sender = self.commands.sender();
        let process = Process::open(sender);
        self.send_command(PING).await?;
        self.process = process.filter(|_| self.commands.sender() == sender);
        Ok(())
    }

    /// Whether the end of the process is reported at once.
    pub(super) fn is_watched(&self) -> bool {
        self.process.is_some()
    }

    /// Whether the marked wpa_supplicant only recreated its socket. Then the session resumes.
    async fn is_recreated(&mut self, end: &End) -> bool {
        let deadline = Instant::now() + RECREATE_TIMEOUT;
        let mut end = end.clone();
        while matches!(end, End::Removed | End::Refused) {
            let Some(identity) = self.recreated_socket(&end, deadline).await else {
                return false;
            };
            self.identity = identity;
            match self.exchange(&[DETACH], deadline).await {
                // wpa_supplicant can recreate the socket again for each message.
                Err(next) => end = next,
                Ok(answers) => return answers == [OK] && self.resume().await.is_ok(),
            }
        }
        false
    }

    /// The new socket in place of the lost one.
    async fn recreated_socket(&mut self, end: &End, deadline: Instant) -> Option<Identity> {
        while Instant::now() < deadline {
            match self.watcher.state() {
                SocketState::Socket(identity)
                    if identity != self.identity || *end == End::Removed =>
                {
                    return Some(identity);
                }
                // The kernel creates the file shortly before the socket accepts datagrams.
                SocketState::Socket(identity) => {
                    let until = Instant::now() + BIND_TIMEOUT;
                    if timeout_at(until, self.watcher.changed()).await.is_err() {
                        return Some(identity);
                    }
                }
                _ => drop(timeout_at(deadline, self.watcher.changed()).await),
            }
        }
        None
    }

    /// Uses another command socket: an answer to an earlier command can still arrive.
    async fn resume(&mut self) -> Result<(), End> {
        tracing::debug!("wpa_supplicant recreated its control socket");
        let server = self.watcher.socket();
        self.commands = Endpoint::new(server).map_err(|error| End::of(&error))?;
        let deadline = Instant::now() + RECREATE_TIMEOUT;
        self.exchange(&["ATTACH", MESSAGES_OFF], deadline).await?;
        self.attach();
        self.emit(WpaEvent::Overrun);
        self.end.clone().map_or(Ok(()), Err)
    }

    /// Ends the session after forwarding pending messages.
    fn finish(&mut self, end: End) {
        self.process_pending();
        self.end = Some(end);
    }

    fn process_pending(&mut self) {
        for _ in 0..MAX_PENDING_MESSAGES {
            let Some(message) = self.monitor.receive_now() else {
                return;
            };
            self.process(&message);
        }
    }

    fn process(&mut self, datagram: &[u8]) {
        if !event::is_message(datagram) {
            self.attach_answered = true;
            return;
        }
        match event::parse(datagram) {
            Some(Message::Supplicant(event)) => self.forward(event),
            Some(Message::RadioWorkStarted(id)) => self.radio_work = Some(id),
            Some(Message::Edit) if !self.is_editing => self.forward(Supplicant::NetworksChanged),
            Some(Message::Edit | Message::Other) => {}
            None => tracing::debug!("unknown message: {}", text::excerpt(datagram)),
        }
    }

    fn forward(&mut self, event: Supplicant) {
        tracing::debug!(?event);
        if event == Supplicant::NetworksChanged {
            self.edited = Some(Instant::now());
            self.saved.forget_networks();
        }
        if event == Supplicant::NetworkNotFound && self.ignore_not_found {
            return;
        }
        self.emit(WpaEvent::Supplicant(event));
    }
}
