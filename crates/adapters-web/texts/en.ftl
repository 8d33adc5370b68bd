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
best-seats = Best seats
how-many = How many seats?
seats-as-list = Seats
show-rows = Show the rows
show-seats = Show the seats
row = Row { $row }
seat-name = { $section }, row { $row }, seat { $seat }
seat-place = { $seat }
seat-with-price = { $seat }, { $price }
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
other-device-text = Your account lives in this browser. To use it elsewhere, take its key there.
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
from-other-device-text = The other device shows the key under Account.
account-key = Key of the account
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
notice-bad-token = There is no account with this key.
notice-again = That did not work. Please try once more.
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
