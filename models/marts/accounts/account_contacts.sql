-- One row per account and customer in it: how they are connected, and whether they are likely to
-- decide what it buys.
select
    account_id,
    customer_id,
    connected_by,
    email_domain,
    connected_at,
    is_primary,
    job_title,
    role,
    seniority,
    department,
    role_score,
    behaviour_score,
    decision_maker_score,
    is_decision_maker,
    score_reasons
from {{ ref('int_account_contacts_scored') }}
