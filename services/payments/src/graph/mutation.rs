//! What an admin does about payments.

use async_graphql::{Context, Object, Result};
use graph_serve::constraint::Constraint;
use graph_serve::errors::Code;

use super::query::by_order;
use super::types::{PaymentNotFound, RefundConflict, RefundRetried, RetryRefundResult, order_id};
use crate::store::{PaymentStore, Retried};

/// What an admin does about payments.
pub struct Mutation;

/// What an admin does about payments.
#[Object]
impl Mutation {
    /// Has the provider asked once more to give back what it refused to.
    async fn retry_refund(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the order.", directive = Constraint::apply(order_id()))] order_id: i32,
    ) -> Result<RetryRefundResult> {
        Ok(match context.data::<PaymentStore>()?.retry_refund(order_id.into()).await? {
            Retried::Done => {
                let payment = by_order(context, &[order_id]).await?.into_iter().next().flatten();
                let payment = payment.ok_or_else(|| Code::Internal.error("The payment is gone."))?;
                RetryRefundResult::Done(RefundRetried { payment })
            }
            Retried::NotFound => RetryRefundResult::NotFound(PaymentNotFound::new(order_id.to_string())),
            Retried::NotFailed => RetryRefundResult::NotFailed(RefundConflict::new()),
        })
    }
}
