/// Makes a `#[tokio::test]` of every promise of the ports; the expression makes one fresh fixture and may await.
#[macro_export]
macro_rules! port_contracts {
    ($fixture:expr) => { $crate::port_contracts! { @list (tests $fixture) } };
    (@registry) => { $crate::port_contracts! { @list (registry) } };
    (@list $to:tt) => { $crate::port_contracts! { @expand $to
        accounts {
            a_registered_user_is_found_by_id_and_by_token
            an_unknown_id_or_token_is_nobodys
            a_new_user_has_an_empty_wallet
        }
    } };
    (@expand (registry) $($module:ident { $($promise:ident)* })*) => {
        vec![$($($crate::contracts::Promise {
            name: concat!(stringify!($module), "::", stringify!($promise)),
            test: |fixture| Box::pin($module::$promise(fixture)),
        },)*)*]
    };
    (@expand (tests $fixture:expr) $($module:ident { $($promise:ident)* })*) => { $(
        mod $module {
            #[allow(unused_imports, reason = "the fixture may come from there")]
            use super::*;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                let fixture = $fixture;
                let name = concat!(stringify!($module), "::", stringify!($promise));
                $crate::contracts::keep(name, &fixture).await;
            })*
        }
    )* };
}
