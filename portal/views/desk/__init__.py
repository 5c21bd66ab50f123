"""
The officer's desk. `pipeline` is the list of loans and tasks, `loan` the page of one loan, `stage` moves it, `facts`,
`dates`, `people` and `papers` are the forms of that page, `inbox` the documents of all loans, `audit` who saw what.

Every view fetches through `desk_loan_for` (or a queryset's `visible_to`) on its first line, calls one service and
answers through `answering`. Strangers get 404.
"""
