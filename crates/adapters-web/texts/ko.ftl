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
next-console = 관리 화면으로
forbidden-title = 이 키로는 열 수 없습니다
forbidden-text = 아무것도 바뀌지 않았습니다. 소유자가 필요한 키를 만들 수 있습니다.

# 관리 화면.
console = 관리 화면
to-programme = 구매자 화면으로
sales = 판매
people = 고객
gates = 입장
keys = 키
role-owner = 소유자
role-operator = 운영자
role-support = 고객 지원
role-gate = 입장 확인
operators-key = 운영자 키
hint-key = 키는 세션으로 바뀌며, 30분 동안 쓰지 않으면 끝납니다.
wrong-key = 없거나 폐기된 키입니다.

# 관리 화면: 판매.
new-concert = 새 콘서트
new-performance = 새 공연
concert = 콘서트
start = 시작
state = 상태
now = 현재
no-limit = 제한 없음
of-capacity = { $capacity }명 중 { $count }명
room-open = 열림
room-paused = 멈춤
room-paused-text = 아무도 입장하지 않습니다. 순번은 유지됩니다.
figure-waiting = 대기
figure-active = 이용 중
figure-admitted = 분당 입장
figure-rate = 분당 최대
figure-available = 남은 좌석
figure-held = 선점
figure-sold = 판매
figure-blocked = 판매 제외
figure-checked-in = 입장 완료
figure-revenue = 매출
figure-refunded = 환불
figures-lost = SECONDS초 동안 새 소식이 없습니다
chart = 이 화면이 열려 있던 지난 한 시간
chart-highest = 최대 COUNT
pause = 일시 정지
open = 열기
speed = 정원과 속도
preview = 미리 보기
set = 적용
as-it-is = 지금 그대로:
as-it-would-be = 이 값으로:
forecast-nobody = 기다리는 사람이 없습니다.
forecast-one = 기다리는 { $count }명 중 마지막 사람이 { $wait } 안에 입장합니다.
forecast = 기다리는 { $count }명 중 마지막 사람이 { $least } 뒤, 모두가 차례를 끝까지 쓰면 { $most } 뒤에 입장합니다.
corrections = 정정
correct = 정정하기
audit = 변경 기록
audit-who = 누가
audit-changed = 바뀐 내용
buyers-page = 구매자 화면

# 관리 화면: 양식.
field-title = 제목
field-venue = 장소
field-timezone = 시간대
hint-timezone = 공연장의 시간대. 예: Asia/Seoul
field-limit = 1인당 좌석 수
hint-limit = 한 사람이 이 콘서트에서 가질 수 있는 좌석 수입니다.
field-capacity = 정원
hint-capacity = 동시에 좌석을 고를 수 있는 사람 수입니다.
field-rate = 분당 최대 입장
hint-rate = 비워 두면 제한이 없습니다.
field-reason = 사유
hint-pause = 변경 기록에 남습니다. 비워 두어도 됩니다.
times = 시간
field-starts = 시작
hint-zone = 공연장의 시계 기준({ $zone }).
field-opens = 판매 시작
hint-opens = 비워 두면 바로 시작합니다.
field-closes = 판매 종료
hint-closes = 비워 두면 공연 시작에 끝납니다.
field-refundable = 환불 가능 기한
hint-refundable = 비워 두면 환불할 수 없습니다.
hall = 좌석 배치
section = 구역
field-section = 구역 이름
field-price = 좌석 가격
field-rows = 열
hint-rows = 앞에서부터 한 줄에 하나씩 이름, 첫 좌석, 마지막 좌석을 적습니다. 예: "A 1-20". "1-500"처럼 범위 하나만 적으면 열이 자동으로 나뉩니다.
field-accessible = 휠체어석
hint-accessible = 번호와 범위. 예: 1, 2, 41-44
add-section = 구역 추가
remove-section = 이 구역 삭제
total-seats = 좌석 { $count }개
plan-label = 좌석 배치도
field-seats = 좌석
hint-seats = 번호와 범위. 예: 1-20, 25. 배치도에서 고를 수도 있습니다.
block-seats = 판매에서 제외
unblock-seats = 판매로 되돌리기
prices = 가격
prices-hint = 이미 선점되거나 팔린 좌석의 가격은 그대로입니다.
change-price = 가격 변경
cancel-performance = 공연 취소
cancelling = 취소
cancel-text = 되돌릴 수 없습니다. 더는 선점하거나 결제할 수 없고, 티켓은 무효가 되며, 모두에게 전액 환불됩니다.
hint-cancel = 구매자가 환불과 함께 보게 됩니다.
field-confirm = 콘서트 제목
hint-confirm = 확인하려면 다음을 입력하세요: { $title }
refunds = 환불
refunds-done = 결제 { $total }건 중 { $done }건 환불, { $amount }
wrong-empty = 입력해 주세요.
wrong-long = 최대 { $max }자입니다.
wrong-characters = 쓸 수 없는 문자가 있습니다.
wrong-number = { $from }부터 { $to }까지의 정수를 입력하세요.
wrong-amount = 음수가 아닌 수를 소수점 둘째 자리까지 입력하세요.
wrong-moment = 공연장의 시계가 가리키는 날짜와 시각을 입력하세요.
wrong-timezone = 없는 시간대입니다.
wrong-ranges = 번호와 범위를 입력하세요. 예: 1-20, 25
wrong-past = 지난 시각입니다.
wrong-opens = 판매는 공연 시작 전에 시작해야 합니다.
wrong-closes = 판매 종료는 판매 시작 뒤여야 합니다.
wrong-cancelled = 취소된 공연입니다.
wrong-price = 가격은 최대 { $max }입니다.
wrong-row = 열이 아닙니다: { $row }
wrong-rows = 열을 하나 이상 입력하세요.
wrong-rows-many = 열은 최대 { $max }개입니다.
wrong-sections-many = 구역은 최대 { $max }개입니다.
wrong-seats-many = 좌석은 최대 { $max }개입니다.
wrong-names = 구역 이름은 서로 달라야 합니다.
wrong-labels = 한 구역의 열 이름은 서로 달라야 합니다.
wrong-range = 좌석은 1부터 { $max }까지의 첫 번호에서 마지막 번호로 적습니다.
wrong-overlap = 같은 좌석을 두 번 적을 수 없습니다.
wrong-accessible-many = 휠체어석은 최대 { $max }개입니다.
wrong-accessible-unknown = 좌석 { $seat }번이 없습니다.
wrong-accessible-twice = 좌석 { $seat }번이 두 번 있습니다.
wrong-seats-at-once = 한 번에 최대 { $max }개 좌석을 바꿀 수 있습니다.
wrong-no-seats = 없는 좌석입니다: { $seats }
wrong-sold = 팔린 좌석입니다: { $seats }. 아무것도 바뀌지 않았습니다.
wrong-held = 선점된 좌석입니다: { $seats }. 아무것도 바뀌지 않았습니다.
wrong-confirm = 콘서트 제목과 다릅니다.

# 관리 화면: 고객.
user-id = 사용자 ID
hint-user = API의 모든 응답에 있으며, 고객이 읽어 줄 수 있습니다.
look-up = 찾기
wrong-nobody = 이 ID의 사용자가 없습니다.
no-name = 이름 없는 사용자
since = 가입
change-points = 포인트
credit = 지급
debit = 회수
hint-credit = 내역과 함께 남습니다.
payments = 결제
no-payments = 결제한 것이 없습니다.
payment-completed = 결제 완료
payment-partly = 일부 환불
refund-seats = 환불할 좌석. 고르지 않으면 남은 좌석 모두
refund-told = { $moment }에 { $amount } 환불: { $reason }
wrong-refunded = 이미 환불된 좌석이 있습니다.
wrong-too-few = 포인트가 그만큼 없습니다.
reservations = 예약
no-reservations = 예약한 것이 없습니다.
reservation-held = 선점 중
reservation-expired = 시간 초과
reservation-cancelled = 반납

# 관리 화면: 키와 변경 기록.
keys-good = 사용 중인 키
no-keys = 소유자의 키뿐입니다.
new-key = 키 추가
make-key = 키 만들기
field-key-name = 이름
hint-key-name = 키를 가질 사람의 이름. 변경 기록에 남습니다.
field-role = 역할
revoke = 폐기
key-made = 새 키:
key-once = 지금 한 번만 보입니다. 바로 전달하세요.
key-gone = 이미 만든 키라서 다시 보여 드릴 수 없습니다.
owner-of = 소유자 ({ $fingerprint })
audit-concert-added = 콘서트 추가
audit-performance-added = 공연 추가
audit-concert-changed = 콘서트 정정
audit-performance-changed = 공연 정정
audit-performance-cancelled = 공연 취소
audit-payment-refunded = 결제 환불
audit-section-changed = 가격 변경
audit-seats-changed = 좌석 판매 제외·해제
audit-queue-changed = 대기실 변경
audit-ticket-checked-in = 티켓 입장 확인

# 관리 화면: 입장.
gate = 입장 확인
gates-hint = 공연을 고르세요.
gate-ready = 준비됨
ticket-code = 티켓 코드
check-in = 확인
gate-name = 이 입구의 이름 (있으면)
use-camera = 카메라 사용
gate-good = 입장
gate-used = 사용됨
gate-void = 무효
gate-invalid = 티켓 아님
gate-again = 다시
gate-seat-of = { $name } · { $seat }
gate-used-at = { $time }에 { $gate }에서 확인됨
gate-used-since = { $time }에 확인됨
gate-void-text = 환불되었거나 공연이 취소되었습니다.
gate-invalid-text = 이 공연의 티켓이 아닙니다.
gate-offline-good = 입장 – 아직 확정되지 않음
gate-offline-text = 네트워크가 없습니다. 목록에 있으며 나중에 확정됩니다.
gate-offline-used = 이 입구에서 이미 보여 준 티켓입니다.
gate-unlisted = 네트워크가 없고, 목록에도 없습니다.
gate-unverified = 네트워크가 없고, 이 브라우저는 코드를 검증할 수 없습니다. 목록에는 있습니다.
gate-signed-out = 로그아웃되었습니다. 다시 로그인하고 돌아오세요.
gate-pending = 확정되지 않음 COUNT건
gate-list = 네트워크가 끊길 때를 위해 티켓 COUNT장의 목록을 보관하고 있습니다.
gate-no-list = 아직 보관된 목록이 없습니다.
gate-late = 나중에 거절됨:

# 관리 화면: 방금 한 일.
notice-concert-added = 콘서트가 추가되었습니다. 공연을 추가하세요.
notice-performance-added = 공연이 추가되었습니다.
notice-room-changed = 대기실에 새 값이 적용되었습니다.
notice-room-paused = 멈췄습니다. 아무도 입장하지 않습니다.
notice-room-opened = 열었습니다. 입장이 시작됩니다.
notice-corrected = 정정했습니다. 2초 안에 모두에게 보입니다.
notice-seats-blocked = 판매에서 제외했습니다.
notice-seats-unblocked = 판매로 되돌렸습니다.
notice-performance-cancelled = 취소했습니다. 모두에게 환불되고 있습니다.
notice-refunded-for = 환불했습니다. 포인트가 돌아갔습니다.
notice-points-changed = 잔액이 바뀌었습니다.
notice-key-revoked = 폐기했습니다. 2초 안에 아무것도 열 수 없습니다.
