//! Debian's nginx as a plain reverse proxy: round robin, connections kept open in both directions.

use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, ensure};
use tokio::time::sleep;

/// Ends nginx with the measurement.
pub(crate) struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        // Gently, so that it ends its workers, too.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

/// Starts one before these servers.
pub(crate) async fn start(upstreams: &[SocketAddr], folder: &Path) -> anyhow::Result<(SocketAddr, Nginx)> {
    let free = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = free.local_addr()?;
    drop(free);
    let path = folder.join("nginx.conf");
    std::fs::write(&path, config(upstreams, address, folder))?;
    let program = if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" };
    let mut command = Command::new(program);
    command.arg("-c").arg(&path).stdout(Stdio::null()).stderr(Stdio::null());
    let nginx = Nginx(command.spawn().context("nginx cannot be started (Debian: apt install nginx-light)")?);
    for _ in 0..500 {
        if tokio::net::TcpStream::connect(address).await.is_ok() {
            return Ok((address, nginx));
        }
        sleep(Duration::from_millis(10)).await;
    }
    ensure!(false, "nginx does not listen on {address}");
    Ok((address, nginx))
}

fn config(upstreams: &[SocketAddr], listen: SocketAddr, folder: &Path) -> String {
    let at = folder.display();
    let servers = upstreams.iter().fold(String::new(), |all, upstream| all + &format!("server {upstream}; "));
    format!(
        "daemon off; worker_processes auto; pid {at}/pid; error_log {at}/error.log;
         events {{ worker_connections 4096; }}
         http {{
           access_log off; client_body_temp_path {at}; proxy_temp_path {at}; fastcgi_temp_path {at};
           uwsgi_temp_path {at}; scgi_temp_path {at};
           keepalive_requests 1000000;
           upstream behind {{ {servers} keepalive 256; keepalive_requests 1000000; }}
           server {{
             listen {listen};
             location / {{
               proxy_pass http://behind; proxy_http_version 1.1;
               proxy_set_header Connection ''; proxy_set_header Host $http_host; proxy_next_upstream off;
             }}
           }}
         }}"
    )
}
