# 모든 화면.
skip = 본문으로 건너뛰기
menu = 주 메뉴
programme = 공연
tickets = 내 티켓
account = 내 계정
footer = Seatline은 온 순서대로, 한 좌석을 한 번만 판매합니다.
for-developers = 개발자용

# 수, 금액, 날짜, 시간.
number = { $count }
points = { $amount }포인트
prices = { $from } – { $to }
price-from = { $price }부터
month = { $month }월
weekday = { $weekday ->
    [1] 월요일
    [2] 화요일
    [3] 수요일
    [4] 목요일
    [5] 금요일
    [6] 토요일
   *[7] 일요일
}
date = { $year }년 { month } { $day }일 { weekday }
dates = { $from } – { $to }
half = { $half ->
    [am] 오전
   *[pm] 오후
}
time = { half } { $hour }:{ $minute }
moment = { $date } { $time }
about-seconds = 1분 미만
about-minutes = 약 { $count }분
about-hours = 약 { $count }시간
about-days = 약 { $count }일

# 공연 목록과 공연.
hero = 좋은 자리를, 공정한 순서로
hero-text = 온 순서대로 번호를 드립니다. 브라우저를 닫아도 내 자리는 그대로입니다.
no-concerts = 아직 등록된 공연이 없습니다.
more-concerts = 공연 더 보기
no-dates = 아직 일정이 없습니다
sale-open = 예매 중
sale-opens = { $in } 후 예매 시작
sale-sold-out = 매진
sale-closed = 예매 마감
sale-cancelled = 취소됨
sale-none = 일정 미정
opens-at = { $moment }부터 예매
seats-left = { $count }석 남음
seats-left-of = { $total }석 중 { $count }석 남음
free-of = { $total }석 중 { $count }석 가능
seat-limit = 한 사람당 { $count }석까지 예매할 수 있습니다.
performances = 일정
get-in-line = 줄 서기
get-in-line-hint = 회원 가입이 필요 없습니다. 순서는 이 브라우저에 보관됩니다.
in-line-already = 이 공연의 줄에 서 있습니다.
back-to-line = 내 순서 보기
leave-the-line = 줄에서 나가기
end-turn = 내 차례 포기하기
choose-performance = 내 차례입니다. 날짜를 고르세요.
choose-seats = 좌석 선택

# 대기실.
waiting-room = 대기실
looking-up = 순서를 확인하고 있습니다…
ahead-of-me = 명이 앞에 있습니다
progress = 줄을 선 뒤의 진행
my-number = 내 번호
wait = 예상 대기
what-is-left = 남은 좌석
wait-unknown = 아직 알 수 없음
wait-paused = 일시 중지됨
people-ahead = { $count ->
    [0] 다음 차례입니다
   *[other] 앞에 { $count }명이 있습니다
}
line-said = { $people }. 내 번호는 { $number }번입니다. 예상 대기: { $wait }.
your-turn = 내 차례입니다. { $time }까지 이용할 수 있습니다.
tab-your-turn = 내 차례!
line-live = 실시간
line-lost = 다시 연결하는 중… SECONDS초 전 정보입니다
place-stays = 이 화면을 닫거나 새로 고쳐도 순서는 그대로입니다.
call-me = 내 차례에 알려 주기
call-me-on = 차례가 되면 알려 드립니다
go-on = 계속하기
not-in-line = 이 줄에 서 있지 않습니다. 브라우저가 쿠키를 보관하지 않는지 확인해 주세요.
ended-completed = 좌석을 구매했습니다. 차례가 끝났습니다.
ended-expired = 차례가 지났습니다. 다시 줄을 설 수 있습니다.
ended-left = 줄에서 나왔습니다.
ended-sold-out = 모두 판매되어 줄이 끝났습니다.

# 좌석.
stage = 무대
map-label = 좌석 배치도입니다. 같은 좌석이 아래 목록에도 있습니다.
zoom-in = 확대
zoom-out = 축소
zoom-all = 전체 보기
key-free = 선택 가능
key-picked = 선택함
key-held = 다른 사람이 잡음
key-sold = 판매됨
best-seats = 좋은 좌석 추천
how-many = 몇 석이 필요하세요?
seats-as-list = 좌석
show-rows = 열 보기
show-seats = 좌석 보기
row = { $row }열
seat-name = { $section } { $row }열 { $seat }번
seat-place = { $seat }번
seat-with-price = { $seat }, { $price }
picked = { $count }석, { $total }
picked-none = 좌석을 고르세요
picked-some = COUNT석 선택, TOTAL포인트
picked-lost = 다른 사람이 먼저 잡았습니다. 다른 좌석을 골라 주세요.
hold = 좌석 잡기

# 예약.
reservation = 예약
held-for-you = 좌석을 잡아 두었습니다
time-left = 안에 결제해 주세요
one-minute-left = 결제 시간이 1분 남았습니다.
yours = 구매가 완료되었습니다
lapsed = 시간이 지났습니다
lapsed-text = 시간 안에 결제하지 않아 좌석이 다시 풀렸습니다. 차례가 남아 있다면 다시 고를 수 있습니다.
released = 좌석을 돌려주었습니다
refunded = 환불되었습니다
seats = 좌석
seat = 좌석
price = 가격
total = 합계
balance = 잔액
balance-after = 결제 후 잔액
missing = 더 필요한 포인트:
charge-points = 포인트 충전
pay = 결제하기
release = 좌석 돌려주기
refund = 환불하기
refund-text = 포인트가 바로 돌아오고, 좌석은 다른 사람에게 풀립니다.
to-tickets = 내 티켓 보기
back-to-seats = 좌석으로 돌아가기

# 티켓과 계정.
no-tickets = 아직 티켓이 없습니다.
more-tickets = 티켓 더 보기
ticket-valid = 사용 가능
ticket-used = 사용함
ticket-void = 무효
code-of = 입장 코드:
to-calendar = 캘린더에 추가
amount = 금액
play-money = 연습용 포인트입니다. 바로 충전됩니다.
entries = 내역
no-entries = 아직 충전하거나 결제한 내역이 없습니다.
more-entries = 이전 내역
entry-when = 일시
entry-what = 내용
entry-charge = 충전
entry-payment = 결제
entry-refund = 환불
entry-credit = 지급
entry-debit = 회수
other-device = 다른 기기
other-device-text = 계정은 이 브라우저에 있습니다. 다른 곳에서 쓰려면 계정 열쇠를 가져가세요.
show-secret = 열쇠 보기
secret-text = 이 열쇠를 가진 사람은 내 포인트와 티켓을 쓸 수 있습니다. 다른 기기의 내 계정에 입력하세요.
sign-out = 이 브라우저에서 로그아웃
sign-out-text = 열쇠가 없으면 본인도 이 계정으로 돌아올 수 없습니다.
sign-out-now = 로그아웃
new-account = 새 계정
new-account-text = 줄을 서면 저절로 만들어집니다. 미리 만들면 포인트를 미리 충전할 수 있습니다.
your-name = 이름 (선택)
open-account = 계정 만들기
from-other-device = 이미 계정이 있습니다
from-other-device-text = 다른 기기의 내 계정에서 열쇠를 볼 수 있습니다.
account-key = 계정 열쇠
sign-in = 로그인

# 방금 한 일.
notice-line-first = 먼저 줄을 서고 좌석을 골라 주세요.
notice-turn-over = 차례가 끝났습니다. 다시 줄을 설 수 있습니다.
notice-seat-taken = 다른 사람이 먼저 잡았습니다. 다른 좌석을 골라 주세요.
notice-no-seat = 좌석을 골라 주세요.
notice-too-many-seats = 한 사람이 가질 수 있는 좌석 수를 넘습니다.
notice-held-already = 이미 이 좌석을 잡고 있습니다. 먼저 결제하거나 돌려주세요.
notice-not-on-sale = 아직 예매가 시작되지 않았습니다.
notice-sale-closed = 예매가 마감되었습니다.
notice-cancelled = 취소된 공연입니다. 결제한 포인트는 돌려드립니다.
notice-refund-closed = 이 티켓은 더 이상 환불할 수 없습니다.
notice-ticket-used = 이미 입장에 사용된 티켓은 환불할 수 없습니다.
notice-refunded = 환불되었습니다. 포인트가 계정에 들어왔습니다.
notice-started = 공연이 시작되었습니다.
notice-not-together = 나란히 붙은 좌석이 그만큼 없습니다. 수를 줄이거나 직접 골라 주세요.
notice-too-few-left = 남은 좌석이 그만큼 없습니다.
notice-sold-out = 모두 판매되었습니다.
notice-lapsed = 결제하기 전에 시간이 지났습니다. 포인트는 빠져나가지 않았습니다.
notice-not-payable = 이 예약은 더 이상 바꿀 수 없습니다.
notice-too-few-points = 포인트가 모자랍니다. 좌석은 그대로 잡혀 있습니다.
notice-bad-amount = 금액은 0보다 크고 10,000,000 이하인 수여야 하며, 소수점 아래 두 자리까지 쓸 수 있습니다.
notice-wallet-full = 한 계정에는 1,000,000,000포인트까지 담을 수 있습니다.
notice-bad-name = 쓸 수 없는 이름입니다.
notice-bad-token = 이 열쇠의 계정이 없습니다.
notice-again = 처리되지 않았습니다. 한 번 더 시도해 주세요.
notice-charged = 포인트가 충전되었습니다.
notice-paid = 결제되었습니다. 즐거운 관람 되세요!
notice-released = 좌석을 돌려주었습니다.
notice-left = 줄에서 나왔습니다.
notice-welcome = 환영합니다.
notice-signed-out = 로그아웃했습니다.

# 문제가 생겼을 때.
lost-title = 화면이 없습니다
lost-text = 주소가 바뀌었거나 없는 화면입니다.
no-account-title = 본인만 볼 수 있는 화면입니다
no-account-text = 이 브라우저에는 이 화면을 볼 수 있는 계정이 없습니다.
other-site-title = 다른 사이트에서 온 요청입니다
other-site-text = 아무것도 처리하지 않았습니다. 여기서 다시 시작해 주세요.
malformed-title = 읽을 수 없는 요청입니다
malformed-text = 아무것도 처리하지 않았습니다. 다시 시작해 주세요.
too-many-title = 조금 빨랐습니다
too-many-text = 한꺼번에 너무 많은 요청이 왔습니다. 아무것도 처리하지 않았습니다. 잠시 뒤에 다시 시도해 주세요.
busy-title = 잠시만 기다려 주세요
busy-text = 지금 요청이 많습니다. 순서와 좌석은 그대로입니다. 잠시 뒤에 다시 시도해 주세요.
broken-title = 문제가 생겼습니다
broken-text = 저희 잘못이며 확인하고 있습니다. 순서와 좌석은 그대로입니다.
next-programme = 공연 보기
next-account = 내 계정으로
next-again = 다시 시도
