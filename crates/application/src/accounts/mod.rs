//! Accounts: who is asking, and how an account comes to another device.

mod access_token;
mod authenticate;
mod device_code;
mod forget_device_codes;
mod make_device_code;
mod register_user;
mod remove_idle_accounts;
mod show_profile;
mod use_device_code;

pub use access_token::AccessToken;
pub use authenticate::{AuthenticateUser, AuthenticationError};
pub use device_code::DeviceCodeText;
pub use forget_device_codes::ForgetDeviceCodes;
pub use make_device_code::MakeDeviceCode;
pub use register_user::{NewcomerRequest, RegisterUser, Registered};
pub use remove_idle_accounts::RemoveIdleAccounts;
pub use show_profile::{Profile, ProfileError, ShowProfile};
pub use use_device_code::UseDeviceCode;
