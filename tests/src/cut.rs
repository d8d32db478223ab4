//! A cable that can be cut: what stands between one replica and a server.

use std::sync::Arc;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// Carries connections to a port of the loopback address, until it is cut.
pub struct Cable {
    port: u16,
    whole: Arc<watch::Sender<bool>>,
    _task: JoinSet<()>,
}

impl Cable {
    /// A cable to `port`.
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let own = listener.local_addr().expect("it is bound").port();
        let whole = Arc::new(watch::Sender::new(true));
        let mut task = JoinSet::new();
        task.spawn(carry(listener, port, whole.clone()));
        Self { port: own, whole, _task: task }
    }

    /// The end to connect to.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Ends every connection, and refuses new ones.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// Carries connections again.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}

async fn carry(listener: TcpListener, port: u16, whole: Arc<watch::Sender<bool>>) {
    let mut connections = JoinSet::new();
    while let Ok((mut here, _)) = listener.accept().await {
        let mut state = whole.subscribe();
        if !*state.borrow_and_update() {
            continue;
        }
        connections.spawn(async move {
            let Ok(mut there) = TcpStream::connect(("127.0.0.1", port)).await else { return };
            tokio::select! {
                _ = copy_bidirectional(&mut here, &mut there) => {}
                _ = state.changed() => {}
            }
        });
    }
}
