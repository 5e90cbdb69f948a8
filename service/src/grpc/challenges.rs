//! Challenges and goals of a player.

use tonic::{Request, Response, Status};

use super::challenge_v1::challenge_service_server::ChallengeService;
use super::challenge_v1::{
    ClaimGoalRequest, Goal, InitializePlayerRequest, InitializePlayerResponse,
    ListChallengesRequest, ListChallengesResponse, SetGoalActiveRequest,
};
use super::status::answer;
use crate::app::App;
use crate::failure::Failure;
use crate::operations;
use crate::player::Identity;

/// Serves players.
#[derive(Debug, Clone)]
pub struct ChallengeHandler {
    /// The service itself.
    pub app: App,
    /// How a request says who asks.
    pub identity: Identity,
}

impl ChallengeHandler {
    fn player<'a, T>(&self, request: &'a Request<T>) -> Result<&'a str, Failure> {
        self.identity.player(request.metadata().as_ref())
    }
}

#[tonic::async_trait]
impl ChallengeService for ChallengeHandler {
    async fn list_challenges(
        &self,
        request: Request<ListChallengesRequest>,
    ) -> Result<Response<ListChallengesResponse>, Status> {
        answer(async {
            let user = self.player(&request)?;
            let active_only = request.get_ref().active_only;
            let view = operations::list(&self.app, user, active_only).await?;
            Ok(view.into())
        })
        .await
    }

    async fn initialize_player(
        &self,
        request: Request<InitializePlayerRequest>,
    ) -> Result<Response<InitializePlayerResponse>, Status> {
        answer(async {
            let user = self.player(&request)?;
            let initialised = operations::initialise(&self.app, user).await?;
            Ok(initialised.into())
        })
        .await
    }

    async fn set_goal_active(
        &self,
        request: Request<SetGoalActiveRequest>,
    ) -> Result<Response<Goal>, Status> {
        answer(async {
            let user = self.player(&request)?;
            let SetGoalActiveRequest {
                challenge_id,
                goal_id,
                is_active,
            } = request.get_ref();
            let goal =
                operations::activate(&self.app, user, challenge_id, goal_id, *is_active).await?;
            Ok(goal.into())
        })
        .await
    }

    async fn claim_goal(
        &self,
        request: Request<ClaimGoalRequest>,
    ) -> Result<Response<Goal>, Status> {
        answer(async {
            let user = self.player(&request)?;
            let ClaimGoalRequest {
                challenge_id,
                goal_id,
            } = request.get_ref();
            let goal = operations::claim(&self.app, user, challenge_id, goal_id).await?;
            Ok(goal.into())
        })
        .await
    }
}
