//! TLS to PostgreSQL: encrypted and verified as far as the URL asks for it, or refused in clear words.

use nix::sys::signal::Signal;
use seatline_tests::{ADMIN_KEY, Authority, Binary, Operator, Sale, TestUser, TlsServer};

/// Brings the database up to date, looks through it, and gives what was said if either failed.
fn use_it(url: &str) -> Result<(), String> {
    for command in ["migrate", "check"] {
        let ended = Binary::run(command, [("DATABASE_URL", url)]);
        if !ended.status.success() {
            return Err(String::from_utf8_lossy(&ended.stderr).into_owned());
        }
    }
    Ok(())
}

#[track_caller]
fn refused(url: &str, reason: &str) {
    let said = use_it(url).unwrap_err();
    assert!(said.starts_with("seatline: ") && said.contains(reason), "{url}: {said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_signed_its_own_certificate_is_encrypted_but_not_believed() {
    let server = TlsServer::start(None).await;
    let url = |tls: &str| server.url(TlsServer::NAME, tls);
    for encrypted in ["", "&sslmode=prefer", "&sslmode=require"] {
        assert_eq!(use_it(&url(encrypted)), Ok(()), "{encrypted}");
    }
    refused(&url("&sslmode=disable"), "no encryption");
    refused(&url("&sslmode=verify-full"), "UnknownIssuer");
    refused(&url("&sslmode=verify-full&sslrootcert=system"), "UnknownIssuer");
    refused(&url("&sslmode=verify-ca"), "needs sslrootcert");
    refused(&url("&sslmode=verified"), "sslmode is none of");
    refused(&url("&sslmode=require&sslcert=client.pem"), "not supported");
    let itself = format!("&sslmode=verify-full&sslrootcert={}", server.certificate().display());
    assert_eq!(use_it(&url(&itself)), Ok(()), "whoever names the very certificate believes it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signed_certificate_is_verified_as_far_as_asked_for() {
    let (known, unknown) = (Authority::new("known"), Authority::new("unknown"));
    let pretender = Authority::new("known");
    let server = TlsServer::start(Some(&known)).await;
    let (known, unknown) =
        (known.file(server.folder(), "known.pem"), unknown.file(server.folder(), "unknown.pem"));
    let (known, unknown) = (known.display(), unknown.display());
    let url = |name: &str, tls: &str| server.url(name, tls);
    let (right, wrong) = (TlsServer::NAME, "elsewhere.seatline.test");

    assert_eq!(use_it(&url(right, &format!("&sslmode=verify-full&sslrootcert={known}"))), Ok(()));
    refused(&url(wrong, &format!("&sslmode=verify-full&sslrootcert={known}")), "not valid for name");
    refused(&url(right, &format!("&sslmode=verify-full&sslrootcert={unknown}")), "UnknownIssuer");
    let pretender = pretender.file(server.folder(), "pretender.pem");
    let by_name_only = format!("&sslmode=verify-full&sslrootcert={}", pretender.display());
    refused(&url(right, &by_name_only), "BadSignature");
    refused(&url(right, "&sslmode=verify-full"), "UnknownIssuer");

    assert_eq!(use_it(&url(wrong, &format!("&sslmode=verify-ca&sslrootcert={known}"))), Ok(()));
    refused(&url(right, &format!("&sslmode=verify-ca&sslrootcert={unknown}")), "UnknownIssuer");
    assert_eq!(use_it(&url(wrong, &format!("&sslmode=require&sslrootcert={known}"))), Ok(()), "as verify-ca");
    refused(&url(right, &format!("&sslmode=require&sslrootcert={unknown}")), "UnknownIssuer");
    assert_eq!(use_it(&url(wrong, "&sslmode=require")), Ok(()));

    refused(&url(right, "&sslmode=verify-full&sslrootcert=/nowhere/ca.pem"), "sslrootcert /nowhere/ca.pem");
    let empty = server.folder().join("empty.pem");
    std::fs::write(&empty, "no certificate").unwrap();
    let empty = format!("&sslmode=verify-full&sslrootcert={}", empty.display());
    refused(&url(right, &empty), "there is no certificate in it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_tls_is_used_only_by_those_who_do_not_ask_for_it() {
    let server = TlsServer::without_tls().await;
    let url = |tls: &str| server.url(TlsServer::NAME, tls);
    for plain in ["", "&sslmode=disable", "&sslmode=prefer"] {
        assert_eq!(use_it(&url(plain)), Ok(()), "{plain}");
    }
    refused(&url("&sslmode=require"), "server does not support TLS");
    refused(&url("&sslmode=verify-full"), "server does not support TLS");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_connection_of_a_service_is_encrypted() {
    let authority = Authority::new("authority");
    let server = TlsServer::start(Some(&authority)).await;
    let file = authority.file(server.folder(), "authority of tests.pem");
    let certificate = file.display().to_string().replace(' ', "%20");
    let url = server.url(TlsServer::NAME, &format!("&sslmode=verify-full&sslrootcert={certificate}"));
    let running = Binary::serve(Binary::variables(&url));
    let sale = Sale::open(&Operator::new(running.client(), ADMIN_KEY)).await;
    let ada = TestUser::register(running.client()).await.enter(&sale).await;
    ada.charge(Sale::PRICE).await;
    ada.pay(&ada.hold(&sale, &[7]).await).await;
    let encrypted = server.encrypted().await;
    assert!(!encrypted.is_empty() && encrypted.iter().all(|encrypted| *encrypted), "{encrypted:?}");
    let (code, log) = tokio::task::spawn_blocking(move || running.end_with(Signal::SIGTERM)).await.unwrap();
    assert_eq!(code, Some(0), "{log}");
}
