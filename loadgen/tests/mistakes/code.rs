//! Actions that are functions of a program.

use super::{mistakes, scenario};

#[test]
fn mistakes_in_actions_that_are_code() {
    insta::assert_snapshot!(mistakes(&scenario(
        "reserve",
        r#"[addresses]
http = "http://127.0.0.1:8000"
redis = "127.0.0.1:6379"
queue = "amqp://me:secret@127.0.0.1:5672"
Log = 5
files = "file:///tmp"
[actions.reserve]
code = true
values = { key = "${env:BRUNT_NOT_SET}", shelf = "${shlf}", n = 1 }
draw = { shelf = [1, 10] }
json = "{}"
checks = { status = 200 }
extract = { token = "$.token" }
[actions.pay]
code = true
http = "POST /payments"
values = {}
[actions.give]
code = "yes"
[actions.take]
code = true
extract = ["user", 5]
[actions.refund]
http = "POST /refunds"
values = { a = "b" }
extract = ["token"]
[actions.nothing]
code = false
"#
    )));
}
