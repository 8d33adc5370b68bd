# Around every page.
skip = Skip to the content
menu = Main
programme = Programme
tickets = Tickets
account = Account
footer = Seatline sells every seat once, in the order in which people came.
for-developers = For developers

# Numbers, amounts, dates, durations.
number = { $count }
points = { $count ->
    [one] { $amount } point
   *[other] { $amount } points
}
prices = { $from } – { $to }
price-from = from { $price }
month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
weekday = { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
date = { weekday }, { $day } { month } { $year }
dates = { $from } – { $to }
half = { $half ->
    [am] am
   *[pm] pm
}
time = { $hour }:{ $minute } { half }
moment = { $date }, { $time }
about-seconds = less than a minute
about-minutes = { $count ->
    [one] about a minute
   *[other] about { $count } minutes
}
about-hours = { $count ->
    [one] about an hour
   *[other] about { $count } hours
}
about-days = { $count ->
    [one] about a day
   *[other] about { $count } days
}

# The programme and a concert.
hero = Good seats, in fair order
hero-text = Everybody gets a number in the order in which they came. Your place is yours, whatever your browser does.
no-concerts = Nothing is on the programme yet.
more-concerts = More concerts
no-dates = No dates yet
sale-open = On sale
sale-opens = On sale in { $in }
sale-sold-out = Sold out
sale-closed = Sale closed
sale-cancelled = Cancelled
sale-none = No dates yet
opens-at = On sale from { $moment }
seats-left = { $count ->
    [one] 1 seat left
   *[other] { $count } seats left
}
seats-left-of = { $count } of { $total } seats left
free-of = { $count } of { $total } free
seat-limit = { $count ->
    [one] One seat for each person.
   *[other] Up to { $count } seats for each person.
}
performances = Dates
get-in-line = Get in line
get-in-line-hint = No registration. Your place is kept in this browser.
in-line-already = You are in line for this concert.
back-to-line = Back to my place
leave-the-line = Leave the line
end-turn = Give up my turn
choose-performance = It is your turn. Choose a date.
choose-seats = Choose seats

# The waiting room.
waiting-room = Waiting room
looking-up = Looking up your place…
ahead-of-me = people ahead of you
progress = Progress since you joined
my-number = My number
wait = Wait
what-is-left = Seats
wait-unknown = not known yet
wait-paused = paused
people-ahead = { $count ->
    [0] You are next
    [one] 1 person is ahead of you
   *[other] { $count } people are ahead of you
}
line-said = { $people }. Your number is { $number }. Wait: { $wait }.
your-turn = It is your turn, until { $time }.
tab-your-turn = Your turn!
line-live = Live
line-lost = Reconnecting… last heard SECONDS seconds ago
place-stays = Close or refresh this page, your place stays.
call-me = Call me when it is my turn
call-me-on = You will be called
go-on = Go on
not-in-line = You are not in this line. Perhaps your browser keeps no cookies.
ended-completed = You have bought your seats. Your turn is over.
ended-expired = Your turn has run out. You can get in line again.
ended-left = You have left the line.
ended-sold-out = Everything is sold. The line has ended.

# Seats.
stage = Stage
map-label = Map of the seats. The same seats are in the list below.
zoom-in = Zoom in
zoom-out = Zoom out
zoom-all = Show all
key-free = Free
key-picked = Picked
key-held = Held by somebody
key-sold = Sold
accessible-seats = Accessible seats
best-seats = Best seats
how-many = How many seats?
seats-as-list = Seats
show-rows = Show the rows
show-seats = Show the seats
row = Row { $row }
seat-name = { $section }, row { $row }, seat { $seat }
seat-place = { $seat }
seat-with-price = { $seat }, { $price }
seat-accessible = { $seat }, accessible
picked = { $count ->
    [one] 1 seat, { $total }
   *[other] { $count } seats, { $total }
}
picked-none = Pick a seat
picked-some = COUNT picked, TOTAL points
picked-lost = Somebody else was quicker. Please pick another seat.
hold = Hold

# A reservation.
reservation = Reservation
held-for-you = Held for you
time-left = left to pay
one-minute-left = One minute left to pay.
yours = It is yours
lapsed = The time is up
lapsed-text = The seats were not paid in time and are free again. Your turn may still last.
released = Given back
refunded = Refunded
seats = Seats
seat = Seat
price = Price
total = Total
balance = Balance
balance-after = Balance afterwards
missing = You need another
charge-points = Charge points
pay = Pay
release = Give the seats back
refund = Refund
refund-text = The points come back at once, and the seats are free for others.
to-tickets = To my tickets
back-to-seats = Back to the seats

# Tickets and the account.
no-tickets = You have no tickets yet.
more-tickets = More tickets
ticket-valid = Valid
ticket-used = Used
ticket-void = Void
code-of = Code of
to-calendar = Calendar
amount = Amount
charging-closed = Points are credited by the organiser.
charge-by-provider = You pay at our payment provider. The points are there once it has the money.
charge-open = You pay at our payment provider. When you come back, this page says what became of it.
charge-go-on = Go on to the payment
charge-back = Back
play-money = Play money: points are credited at once.
entries = Entries
no-entries = Nothing was charged or paid yet.
more-entries = Earlier entries
entry-when = When
entry-what = What
entry-charge = Charged
entry-payment = Paid
entry-refund = Refunded
entry-credit = Credited
entry-debit = Taken back
other-device = Another device
other-device-text = Your account lives in this browser. A code takes it to another one: type it there, under Account.
show-code = Show a code
code-text = Type this code on the other device, under Account. It works once.
code-until = It is good until { $time }. Whoever types it has your points and your tickets.
secret-hint = Or keep the key of the account: it opens it at any time, and a password manager remembers it.
show-secret = Show the key
secret-text = Whoever has this key has your points and your tickets. Enter it under Account on the other device.
sign-out = Sign out of this browser
sign-out-text = Without the key nobody comes back into this account, neither do you.
sign-out-now = Sign out
new-account = A new account
new-account-text = You get one by yourself as soon as you get in line. Open it before to charge points in time.
your-name = Your name, if you like
open-account = Open an account
from-other-device = I have one already
from-other-device-text = The other device shows a code under Account.
code-or-key = Code, or key of the account
sign-in = Sign in

# What was tried just now.
notice-line-first = Get in line first; then choose your seats.
notice-turn-over = Your turn is over. You can get in line again.
notice-seat-taken = Somebody else was quicker. Please pick another seat.
notice-no-seat = Please pick a seat.
notice-too-many-seats = That would be more seats than one person may have.
notice-held-already = You hold these seats already. Pay them or give them back first.
notice-not-on-sale = The sale has not opened yet.
notice-sale-closed = The sale is closed.
notice-cancelled = This performance was cancelled. Whoever has paid gets their points back.
notice-refund-closed = These tickets cannot be given back any more.
notice-ticket-used = This ticket was used at the gate and cannot be given back.
notice-refunded = Refunded. The points are in your account.
notice-started = The concert has begun.
notice-not-together = No row has so many seats side by side. Take fewer, or pick them yourself.
notice-too-few-left = So many seats are not left.
notice-sold-out = Everything is sold.
notice-lapsed = The time was up before it was paid. Nothing was charged.
notice-not-payable = This reservation cannot be changed any more.
notice-too-few-points = There are too few points in your account. Your seats stay held.
notice-bad-amount = The amount must be a number above 0 and at most 10,000,000, with two decimals at most.
notice-wallet-full = An account holds at most 1,000,000,000 points.
notice-bad-name = This name cannot be used.
notice-bad-token = This code or key opens no account. A code works once, for ten minutes.
notice-again = That did not work. Please try once more.
notice-charging-closed = Points are credited by the organiser.
notice-charge-pending = The payment provider has not confirmed the payment yet. The points are added by themselves once it does.
notice-charge-refused = The payment provider took no money. Nothing was charged.
notice-charge-expired = The time to pay is over. Nothing was charged.
notice-provider-unavailable = The payment provider cannot be reached just now. Please try again in a moment.
notice-charged = The points are in your account.
notice-paid = Paid. Enjoy the concert!
notice-released = The seats are given back.
notice-left = You have left the line.
notice-welcome = Welcome.
notice-signed-out = Signed out.

# When something is not as it should be.
lost-title = There is nothing here
lost-text = The page has moved, or has never been.
no-account-title = This page is somebody's own
no-account-text = This browser has no account that may see it.
other-site-title = That came from another site
other-site-text = Nothing was done. Please start here.
malformed-title = That could not be read
malformed-text = Nothing was done. Please start again.
too-many-title = That was a little fast
too-many-text = Too much came from here at once. Nothing was done. Wait a moment and try again.
busy-title = One moment please
busy-text = There is a lot to do just now. Your place and your seats stay yours. Try again in a moment.
broken-title = Something broke
broken-text = It is our fault, and is being looked at. Your place and your seats stay yours.
next-programme = To the programme
next-account = To my account
next-again = Try again
next-console = To the console
forbidden-title = Your key does not open this
forbidden-text = Nothing was done. Whoever owns the sale can make a key for it.

# The operators' console.
console = Console
to-programme = To the buyers' pages
sales = Sales
people = People
gates = Gates
keys = Keys
role-owner = Owner
role-operator = Operator
role-support = Support
role-gate = Gate
operators-key = Operators' key
hint-key = It is exchanged for a session, which ends after half an hour without use.
wrong-key = There is no such key, or it was revoked.

# The console: sales.
new-concert = New concert
new-performance = New performance
concert = Concert
start = Start
state = State
now = Now
no-limit = no limit
of-capacity = { $count } of { $capacity }
room-open = Open
room-paused = Paused
room-paused-text = Nobody is admitted. Places in line stay.
figure-waiting = Waiting
figure-active = Active
figure-admitted = Admitted a minute
figure-rate = At most a minute
figure-available = Free
figure-held = Held
figure-sold = Sold
figure-blocked = Blocked
figure-checked-in = Checked in
figure-revenue = Revenue
figure-refunded = Refunded
figures-lost = No news since SECONDS seconds
chart = The last hour, as far as this page has been open
chart-highest = COUNT at the most
pause = Pause
open = Open
speed = Capacity and rate
preview = Preview
set = Set
as-it-is = As it is:
as-it-would-be = With these figures:
forecast-nobody = nobody waits.
forecast-one = { $count ->
    [one] the one who waits is admitted within { $wait }.
   *[other] the last of { $count } who wait is admitted within { $wait }.
}
forecast = { $count ->
    [one] the one who waits is admitted after { $least }, or after { $most } if everybody uses their whole turn.
   *[other] the last of { $count } who wait is admitted after { $least }, or after { $most } if everybody uses their whole turn.
}
corrections = Corrections
correct = Correct
audit = Record of changes
audit-who = Who
audit-changed = Changed
buyers-page = Buyers' page

# The console: forms.
field-title = Title
field-venue = Venue
field-timezone = Time zone
hint-timezone = Of the venue, such as Asia/Seoul.
field-limit = Seats for each person
hint-limit = How many one person may hold and own of this concert.
field-capacity = Capacity
hint-capacity = How many may choose seats at the same time.
field-rate = Admitted a minute, at most
hint-rate = Leave it empty for no limit.
field-reason = Reason
hint-pause = For the record of changes; may be left out.
times = Times
field-starts = Starts
hint-zone = By the clocks at the venue ({ $zone }).
field-opens = Sales open
hint-opens = At once, if empty.
field-closes = Sales close
hint-closes = At the start, if empty.
field-refundable = Refundable until
hint-refundable = Never, if empty.
hall = Hall
section = Section
field-section = Name of the section
field-price = Price of a seat
field-rows = Rows
hint-rows = One on each line, from the front: its label, its first and its last seat, as in "A 1-20". One range alone, as in "1-500", gets rows by itself.
field-accessible = Accessible seats
hint-accessible = Numbers and ranges, such as 1, 2, 41-44.
add-section = Add a section
remove-section = Remove this section
total-seats = { $count ->
    [one] One seat
   *[other] { $count } seats
}
plan-label = Plan of the hall
field-seats = Seats
hint-seats = Numbers and ranges, such as 1-20, 25; or pick them on the map.
block-seats = Block seats
unblock-seats = Unblock seats
section-prices = Prices
prices-hint = What is held or sold keeps its price.
change-price = Change the price
cancel-performance = Cancel performance
cancelling = Cancelling
cancel-text = For good. Nobody holds or pays any more, tickets are void, and whoever has paid is refunded in full.
hint-cancel = Buyers see it with their refunds.
field-confirm = Title of the concert
hint-confirm = To confirm it, type: { $title }
refunds = Refunds
refunds-done = { $done } of { $total } payments refunded, { $amount }
wrong-empty = Fill this in.
wrong-long = At most { $max } characters.
wrong-characters = There are characters in it that cannot be used.
wrong-number = Enter a whole number from { $from } to { $to }.
wrong-amount = Enter a number that is not negative, with two decimals at most.
wrong-moment = Enter a day and a time that the venue's clocks show.
wrong-timezone = There is no such time zone.
wrong-ranges = Enter numbers and ranges, such as 1-20, 25.
wrong-past = That is in the past.
wrong-opens = Sales must open before the start.
wrong-closes = Sales must close after they open.
wrong-cancelled = The performance is cancelled.
wrong-price = A price is at most { $max }.
wrong-row = This is no row: { $row }
wrong-rows = Enter at least one row.
wrong-rows-many = A hall has at most { $max } rows.
wrong-sections-many = A hall has at most { $max } sections.
wrong-seats-many = A hall has at most { $max } seats.
wrong-names = Sections must have different names.
wrong-labels = The rows of a section must have different labels.
wrong-range = Seats run from a first to a last number, 1 to { $max }.
wrong-overlap = No seat may be named twice.
wrong-accessible-many = At most { $max } accessible seats can be listed.
wrong-accessible-unknown = There is no seat { $seat }.
wrong-accessible-twice = Seat { $seat } is listed twice.
wrong-seats-at-once = At most { $max } seats can be changed at a time.
wrong-no-seats = There are no such seats: { $seats }
wrong-sold = These seats are sold: { $seats }. Nothing was changed.
wrong-held = Somebody holds these seats: { $seats }. Nothing was changed.
wrong-confirm = That is not the title of the concert.

# The console: people.
user-id = User id
hint-user = The person finds it in every answer of the API and can read it to you.
look-up = Look up
wrong-nobody = There is nobody with this id.
no-name = Somebody without a name
since = since
change-points = Points
credit = Credit
debit = Take back
hint-credit = It is kept with the entry.
payments = Payments
no-payments = Nothing was paid yet.
payment-completed = Paid
payment-partly = Partly refunded
refund-seats = Seats to refund; all that are left, if none is chosen
refund-told = Refunded { $amount } on { $moment }: { $reason }
wrong-refunded = Some of these seats were refunded before.
wrong-too-few = There are not so many points.
reservations = Reservations
no-reservations = Nothing was reserved yet.
reservation-held = Held
reservation-expired = Lapsed
reservation-cancelled = Given back

# The console: keys and the record of changes.
keys-good = Keys that are good
no-keys = There is none but the owner's.
new-key = Another key
make-key = Make key
field-key-name = Name
hint-key-name = Of whoever has it: the record of changes knows them by it.
field-role = Role
revoke = Revoke
key-made = A key for
key-once = It is shown this once. Hand it out now.
key-gone = It was made before, and is not shown again.
owner-of = Owner ({ $fingerprint })
audit-concert-added = Concert added
audit-performance-added = Performance added
audit-concert-changed = Concert corrected
audit-performance-changed = Performance corrected
audit-performance-cancelled = Performance cancelled
audit-payment-refunded = Payment refunded
audit-section-changed = Price changed
audit-seats-changed = Seats blocked or unblocked
audit-queue-changed = Waiting room changed
audit-ticket-checked-in = Ticket checked in
audit-webhook-added = Webhook added
audit-webhook-changed = Webhook changed
audit-webhook-deleted = Webhook deleted
audit-delivery-replayed = Event delivered once more
audit-points-credited = Points credited
audit-points-debited = Points taken back
audit-operator-key-added = Operators’ key made
audit-operator-key-deleted = Operators’ key deleted

# The console: webhooks.
webhooks = Webhooks
webhook = Webhook
webhooks-text = Other systems that are told when something happens. Each call is signed with the webhook's secret.
webhooks-made = Who is told
no-webhooks = Nobody is told of anything.
new-webhook = Another webhook
make-webhook = Make webhook
webhook-made = The webhook is made
to-webhook = To the webhook
field-url = Address
hint-url = It is called by POST, with http or https. Redirects are not followed.
field-events = What it is told of
field-event = Event
secret-once = This secret verifies what is sent. It is shown this once. Hand it out now.
webhook-enabled = Enabled
webhook-disabled = Disabled
webhook-gave-up = Disabled: it has failed for days
change-webhook = Address and events
webhook-more = Secret and state
disable = Disable
disable-text = It is told of nothing that happens meanwhile. What it was to be told before waits.
enable = Enable
enable-text = It is told of what happens from now on, and of what waits.
new-secret = New secret
new-secret-text = For a day, the old secret signs beside the new one.
delete-webhook = Delete webhook
delete-webhook-text = It is told of nothing any more. That is for good.
deliveries = Deliveries
no-deliveries = Nothing was delivered lately.
delivery-pending = Pending
delivery-delivered = Delivered
delivery-failed = Failed
attempts = Attempts
attempt = { $moment }: { $answer }, { $count } ms
attempt-status = answered { $status }
attempt-forbidden = address not allowed
attempt-unreachable = not reached
attempt-timed-out = no answer in time
next-attempt = Next:
replay = Deliver again
wrong-url = Enter an address that begins with http:// or https://.
wrong-url-surplus = Enter it without a user name, a password and a fragment.
wrong-url-own = Addresses of the service's own network are not allowed.
wrong-events = Choose at least one.
wrong-webhooks-many = There are at most { $max } webhooks. Delete one first.

# The console: the gate.
gate = Gate
gates-hint = Choose what is played.
gate-ready = Ready
ticket-code = Code of the ticket
check-in = Check in
gate-name = This gate, if it has a name
use-camera = Use the camera
gate-good = Come in
gate-used = Used
gate-void = Void
gate-invalid = No ticket
gate-again = Once more
gate-seat-of = { $name } · { $seat }
gate-used-at = Checked in at { $time }, { $gate }
gate-used-since = Checked in at { $time }
gate-void-text = It was refunded, or the performance was cancelled.
gate-invalid-text = This is no ticket of this performance.
gate-offline-good = Come in – not yet confirmed
gate-offline-text = No network. It is on the list, and will be confirmed later.
gate-offline-used = It was shown at this gate before.
gate-unlisted = No network, and it is not on the list.
gate-unverified = No network, and this browser cannot verify codes. It is on the list.
gate-signed-out = You are signed out. Sign in again, and come back here.
gate-pending = COUNT not yet confirmed
gate-list = A list of COUNT tickets is kept for when the network is gone.
gate-no-list = No list is kept yet.
gate-late = Refused afterwards:

# The console: what was tried just now.
notice-concert-added = The concert is on the programme. Add its performances.
notice-performance-added = The performance is added.
notice-room-changed = The waiting room works by these figures now.
notice-room-paused = Paused. Nobody is admitted.
notice-room-opened = Open. People are admitted.
notice-corrected = Corrected. Everybody sees it within two seconds.
notice-seats-blocked = Blocked.
notice-seats-unblocked = Given back to the sale.
notice-performance-cancelled = Cancelled. Everybody is being refunded.
notice-refunded-for = Refunded. The points are back.
notice-points-changed = The balance is changed.
notice-webhook-changed = Changed. What waits goes by it within seconds.
notice-webhook-deleted = Deleted. It is told of nothing any more.
notice-delivery-replayed = It is delivered once more.
notice-key-revoked = Revoked. It opens nothing within two seconds.
