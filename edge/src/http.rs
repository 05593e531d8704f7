//! The gateway's pages.

use crate::status::Handle;

/// Serves the pages until the listener fails.
pub async fn serve(listener: tokio::net::TcpListener, handle: Handle) -> std::io::Result<()> {
    let _ = handle;
    loop {
        listener.accept().await?;
    }
}
